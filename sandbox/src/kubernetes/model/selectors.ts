/** Label selectors (equality, sets, existence), and field selectors, in the notation of the API's query parameters. */
import { badRequest } from './errors.ts';
import type { KubeObject, Labels } from './objects.ts';

type Test = (labels: Labels) => boolean;
export type Matches = (object: KubeObject) => boolean;

const key = '[A-Za-z0-9](?:[A-Za-z0-9._/-]*[A-Za-z0-9])?';
const exists = new RegExp(`^(!?)\\s*(${key})$`);
const equals = new RegExp(`^(${key})\\s*(==|=|!=)\\s*([A-Za-z0-9._-]*)$`);
const inSet = new RegExp(`^(${key})\\s+(in|notin)\\s*\\(([^()]*)\\)$`);

// Commas part requirements, but not those between the parentheses of a set.
const partsOf = (selector: string): string[] =>
  (selector.match(/(?:[^,(]|\([^)]*(?:\)|$))+/g) ?? []).map((part) => part.trim()).filter(Boolean);

const listOf = (text: string): string[] => text.split(',').map((one) => one.trim());

function requirement(part: string): Test {
  const [, not, present] = exists.exec(part) ?? [];
  if (present) return (labels) => present in labels !== (not === '!');
  const [, equalKey = '', sign, value = ''] = equals.exec(part) ?? [];
  if (sign) return (labels) => (labels[equalKey] === value) === (sign !== '!=');
  const [, setKey = '', word, values = ''] = inSet.exec(part) ?? [];
  if (word) return (labels) => (setKey in labels && listOf(values).includes(labels[setKey] ?? '')) === (word === 'in');
  throw badRequest(`found '${part}', expected: !, identifier, or 'end of string'`);
}

/** Reads a `labelSelector`; nothing selects everything. */
export function labelSelector(text: string | null | undefined): Matches {
  const tests = partsOf(text ?? '').map(requirement);
  return ({ metadata }) => tests.every((test) => test(metadata.labels ?? {}));
}

function fieldOf(object: KubeObject, path: string): string {
  let value: unknown = object;
  for (const step of path.split('.')) value = (value as Record<string, unknown> | undefined)?.[step];
  return value === undefined ? '' : String(value);
}

const always = ['metadata.name', 'metadata.namespace'];
const byKind: Record<string, readonly string[]> = {
  Pod: ['spec.nodeName', 'spec.restartPolicy', 'spec.serviceAccountName', 'spec.schedulerName', 'status.phase', 'status.podIP'],
  Namespace: ['status.phase'],
  Job: ['status.successful'],
  Secret: ['type'],
  Event: [
    ...['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'].map((field) => `involvedObject.${field}`),
    ...['reason', 'reportingComponent', 'source', 'type'],
  ],
};

/** Reads a `fieldSelector` for objects of `kind`; 400 for a field that the API does not index. */
export function fieldSelector(text: string | null | undefined, kind: string): Matches {
  const allowed = [...always, ...(byKind[kind] ?? [])];
  const tests = partsOf(text ?? '').map((part): Matches => {
    const [, path = '', sign, value = ''] = /^([^\s!=]+)\s*(==|=|!=)\s*(\S*)$/.exec(part) ?? [];
    if (!sign) throw badRequest(`invalid selector: '${part}'; can't understand '${part}'`);
    if (!allowed.includes(path)) throw badRequest(`field label not supported: ${path}`);
    return (object) => (fieldOf(object, path) === value) === (sign !== '!=');
  });
  return (object) => tests.every((test) => test(object));
}
