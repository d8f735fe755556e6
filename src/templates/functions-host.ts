import { stringify } from 'yaml';
import { fn, type TemplateFunction } from './function.ts';
import { weigh } from './text-of.ts';
import { isMap } from './values.ts';

/** A shell variable: `${…}`, a name, or one special character (like Go's os.Expand). */
const shellVariable = /\$(?:\{([^{}]*)\}|([A-Za-z_][A-Za-z0-9_]*|[*#$@!?\-0-9]))/g;

/**
 * Environment, clock and identifiers, from what was passed in (names as in sprig 3), the data formats of stencil, and other templates.
 * As in Helm, toYaml ends without a line break, and include returns what `{{ template }}` would write.
 */
export const hostFunctions: Readonly<Record<string, TemplateFunction>> = {
  env: fn(['text'], ([name], { host }) => variable(host.env, name)),
  expandenv: fn(['text'], ([text], { host }) =>
    text.replace(shellVariable, (_, braced: string | undefined, plain: string | undefined) => variable(host.env, plain ?? braced ?? '')),
  ),
  now: fn([], (_, { host }) => {
    if (!host.now) throw new Error('now is not available here: no clock was passed in');
    return host.now();
  }),
  uuidv4: fn([], (_, { host }) => {
    if (!host.uuid) throw new Error('uuidv4 is not available here: no source of identifiers was passed in');
    return host.uuid();
  }),
  include: fn(['text', 'maybe'], ([name, dot], { include }) => include(name, dot)),
  toJson: fn(['value'], ([value], { spend }) => {
    weigh(value, spend);
    return JSON.stringify(sorted(value)).replace(/[<>&\u2028\u2029]/g, unicodeEscape);
  }),
  toYaml: fn(['value'], ([value], { spend }) => {
    weigh(value, spend);
    return stringify(value, { lineWidth: 0, sortMapEntries: true, aliasDuplicateObjects: false }).trimEnd();
  }),
};

function variable(env: Readonly<Record<string, string>> | undefined, name: string): string {
  return env && Object.hasOwn(env, name) ? (env[name] ?? '') : '';
}

/** Go's encoding/json escapes these so that JSON can be embedded in HTML. */
function unicodeEscape(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Sorts keys, as Go's encoding/json does for maps. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
}
