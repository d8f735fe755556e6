/** Patches: JSON merge patch (RFC 7386), JSON patch (RFC 6902: add, replace, remove, test). */
import { badRequest, StatusError } from '../model/errors.ts';

type Json = unknown;
type JsonObject = Record<string, Json>;

const isObject = (value: Json): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

/** `target` changed by a merge patch: null removes, objects merge, everything else replaces. */
export function mergePatch(target: Json, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const merged: JsonObject = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = mergePatch(merged[key], value);
  }
  return merged;
}

interface Operation {
  op: string;
  path: string;
  value?: Json;
}

const stepsOf = (path: string): string[] =>
  path
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));

/** `target` changed by the operations of a JSON patch, in their order. */
export function jsonPatch(target: Json, operations: Json): Json {
  if (!Array.isArray(operations)) throw badRequest('json patch must be a list of operations');
  const root = { value: structuredClone(target) };
  for (const operation of operations as Operation[]) apply(root, operation);
  return root.value;
}

function apply(root: { value: Json }, { op, path, value }: Operation): void {
  const steps = ['value', ...stepsOf(path)];
  const last = steps.pop() ?? '';
  let holder: Json = root;
  for (const step of steps) holder = (holder as JsonObject | undefined)?.[step];
  if (typeof holder !== 'object' || holder === null) throw unprocessable();
  const at = holder as JsonObject;
  if (op === 'add') add(at, last, value);
  else if (!(last in at)) throw unprocessable();
  else if (op === 'replace') at[last] = value;
  else if (op === 'remove') Array.isArray(at) ? at.splice(Number(last), 1) : delete at[last];
  else if (op !== 'test') throw badRequest(`json patch operation ${JSON.stringify(op)} is not supported here`);
  else if (JSON.stringify(at[last]) !== JSON.stringify(value)) throw unprocessable();
}

function add(at: JsonObject | Json[], last: string, value: Json): void {
  if (!Array.isArray(at)) at[last] = value;
  else at.splice(last === '-' ? at.length : Number(last), 0, value);
}

const unprocessable = (): StatusError =>
  new StatusError(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
