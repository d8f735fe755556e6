/** Strict field validation, as `fieldValidation=Strict` asks for it. */
import { badRequest, StatusError } from '../model/errors.ts';
import type { ObjectInput } from '../model/objects.ts';
import { knownFields, type Shape } from './known-fields.ts';

/** Throws 400 where a list or a map is something else, and, where the query asks for it, with every field that the kind does not have. */
export function refuseUnknown(input: ObjectInput, query: URLSearchParams): void {
  const wrong = wrongKindIn(input, knownFields[input.kind ?? ''] ?? {}, input.kind ?? '');
  if (wrong) throw badRequest(`${input.kind} in version "${input.apiVersion}" cannot be handled as a ${input.kind}: json: ${wrong}`);
  const unknown = query.get('fieldValidation') === 'Strict' ? unknownOf(input) : [];
  if (unknown.length === 0) return;
  const { kind, apiVersion = '' } = input;
  const words = unknown.map((field) => `unknown field ${JSON.stringify(field)}`).join(', ');
  const version = apiVersion.split('/').at(-1);
  throw badRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: strict decoding error: ${words}`);
}

/** Throws 500, as a real server does, where an apply names a field that its kind does not have, whatever the query asks for. */
export function refuseUndeclared(input: ObjectInput): void {
  const unknown = unknownOf(input);
  if (unknown.length === 0) return;
  const { kind, apiVersion = '', metadata } = input;
  const [version, group = ''] = apiVersion.split('/').reverse();
  const title = `${metadata?.namespace ? `${metadata.namespace}/` : '/'}${metadata?.name}; ${group}/${version}, Kind=${kind}`;
  const lines = unknown.map((field) => `.${field}: field not declared in schema`);
  const words = lines.length === 1 ? lines[0] : `errors:\n  ${lines.join('\n  ')}`;
  throw new StatusError(500, 'InternalError', `failed to create typed patch object (${title}): ${words}`);
}

/** As Go's encoding/json says it. */
function wrongKindIn(value: unknown, { fields, items }: Shape, path: string): string | undefined {
  if (value === null || value === undefined || (!fields && !items)) return undefined;
  const isRight = items ? Array.isArray(value) : typeof value === 'object' && !Array.isArray(value);
  if (!isRight) {
    const found = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
    return `cannot unmarshal ${found} into Go struct field ${path} of type ${items ? 'a list' : 'a struct'}`;
  }
  const inside = Object.entries(value as object);
  return inside.map(([name, held]) => wrongKindIn(held, items ?? fields?.[name] ?? {}, `${path}.${name}`)).find(Boolean);
}

function unknownOf(input: ObjectInput): string[] {
  const shape = knownFields[input.kind ?? ''];
  return shape === undefined ? [] : unknownIn(input, shape, '');
}

function unknownIn(value: unknown, { fields, items }: Shape, path: string): string[] {
  if (items !== undefined && Array.isArray(value)) return value.flatMap((item, index) => unknownIn(item, items, `${path}[${index}]`));
  if (fields === undefined || typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([name, held]) => {
    const place = path === '' ? name : `${path}.${name}`;
    const known = fields[name];
    return known === undefined ? [place] : unknownIn(held, known, place);
  });
}
