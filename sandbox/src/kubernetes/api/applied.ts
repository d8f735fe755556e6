/** What each field manager has applied last to an object, so that its next apply can take back what it no longer names. */
import { isDeepStrictEqual } from 'node:util';
import type { KubeObject, ObjectInput } from '../model/objects.ts';
import type { Store } from '../model/store.ts';

type JsonObject = Record<string, unknown>;

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

const memories = new WeakMap<Store, Map<string, ObjectInput>>();

function memoryOf(store: Store): Map<string, ObjectInput> {
  const found = memories.get(store) ?? new Map<string, ObjectInput>();
  memories.set(store, found);
  return found;
}

/** Remembers what `manager` has applied to the object of that uid. */
export function remember(store: Store, uid: string, manager: string, input: ObjectInput): void {
  memoryOf(store).set(`${uid} ${manager}`, structuredClone(input));
}

/** `present` without what `manager` applied before, leaves out now, and nobody has changed since. Lists are whole here. */
export function takenBack(store: Store, present: KubeObject, manager: string, input: ObjectInput): KubeObject {
  const before = memoryOf(store).get(`${present.metadata.uid} ${manager}`);
  return before === undefined ? present : (without(present, before, input) as KubeObject);
}

function without(present: JsonObject, before: JsonObject, now: JsonObject): JsonObject {
  const kept = { ...present };
  for (const [key, was] of Object.entries(before)) {
    const is = present[key];
    const wanted = now[key];
    if (isObject(is) && isObject(was)) kept[key] = without(is, was, isObject(wanted) ? wanted : {});
    else if (!(key in now) && isDeepStrictEqual(is, was)) delete kept[key];
  }
  return kept;
}
