import { readFileSync } from 'node:fs';
import { isScalar, isSeq, parseDocument } from 'yaml';
import type { z } from 'zod';
import { commands, type Ports } from '../../commands/index.ts';
import { secretRules } from '../../src/config/environment.ts';
import { schema } from '../../src/config/schema.ts';
import { whoMay } from '../../src/messages/help.ts';

/** The parts of the README that are made, by the name of their marker. */
export function generated(): Readonly<Record<string, string>> {
  return { configuration: configuration(), secrets: secrets(), commands: said(), scopes: scopes() };
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function said(): string {
  // Help reads what a command is; none of them runs.
  const list = commands({ pipeline: {}, roles: {}, decisions: {}, freezes: {}, audit: {} } as Ports);
  const rows = list.map((command) => [`\`/cox ${command.usage}\``, whoMay(command), command.summary]);
  return table(['say', 'who', 'what it does'], rows);
}

function secrets(): string {
  const rows = secretRules.map(({ name, required, starts, with: other }) => {
    const form = starts ? `starts with \`${starts}\`` : other ? `together with \`${other}\`` : '';
    return [`\`${name}\``, required ? 'required' : 'optional', form];
  });
  return table(['variable', '', ''], rows);
}

function scopes(): string {
  const manifest = parseDocument(readFileSync(new URL('../../slack-manifest.yml', import.meta.url), 'utf8'));
  const list = manifest.getIn(['oauth_config', 'scopes', 'bot'], true);
  if (!isSeq(list)) throw new Error('slack-manifest.yml has no list of scopes');
  const rows = list.items.map((item) => (isScalar(item) ? [`\`${item.value}\``, (item.comment ?? '').trim()] : []));
  return table(['scope', 'why'], rows);
}

function configuration(): string {
  return table(['key', 'default', 'meaning'], [...keys(schema, '')]);
}

/** The keys of a map and of all maps inside it. */
function* keys(map: z.ZodObject, above: string): Generator<[key: string, byDefault: string, meaning: string]> {
  for (const [name, value] of Object.entries(map.shape)) {
    const path = above ? `${above}.${name}` : name;
    const { inner, byDefault } = unwrapped(value as z.ZodType);
    const { description = '' } = metaOf(value as z.ZodType);
    if (description) yield [`\`${path}\``, byDefault, description];
    if (isMap(inner)) yield* keys(inner, path);
    if (inner.def.type === 'array') {
      const item = unwrapped((inner as z.ZodArray<z.ZodType>).element).inner;
      if (isMap(item)) yield* keys(item, `${path}[]`);
    }
  }
}

function isMap(type: z.ZodType): type is z.ZodObject {
  return type.def.type === 'object';
}

function metaOf(type: z.ZodType): { description?: string | undefined; byDefault?: string } {
  return type.meta() ?? {};
}

/** A type without what makes it optional, and what holds where it is absent. */
function unwrapped(type: z.ZodType): { inner: z.ZodType; byDefault: string } {
  const said = metaOf(type).byDefault;
  let inner = type;
  let byDefault = 'required';
  while (['optional', 'default', 'prefault'].includes(inner.def.type)) {
    const def = inner.def as unknown as { type: string; innerType: z.ZodType; defaultValue?: unknown };
    if (byDefault === 'required') byDefault = def.type === 'optional' ? '' : shown(def.defaultValue);
    inner = def.innerType;
  }
  return { inner, byDefault: said ? (/^\d+[hms]/.test(said) ? `\`${said}\`` : said) : byDefault };
}

function shown(value: unknown): string {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}
