/**
 * The objects of the cluster, in memory, as etcd and the watch cache hold them: one revision counter for everything, and a window of past
 * events that watches resume from. Objects are replaced, never changed: whoever holds one holds a picture of its revision.
 */
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { KubeObject, ObjectInput } from './objects.ts';
import { deployments, jobs, pods, type Resource } from './resources.ts';
import { now } from './time.ts';

export interface StoreEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly revision: number;
  readonly resource: Resource;
  readonly object: KubeObject;
  readonly previous?: KubeObject;
}

export type StoreListener = (event: StoreEvent) => void;

const generational = new Set([pods, jobs, deployments]);

// What its owner asks for has changed, or its end is asked for. The node that a pod is given is no part of that.
function isRenewed(draft: KubeObject, present: KubeObject): boolean {
  const asked = ({ spec }: KubeObject): object => ({ ...(spec as object), nodeName: undefined });
  return draft.metadata.deletionTimestamp !== present.metadata.deletionTimestamp || !isDeepStrictEqual(asked(draft), asked(present));
}

// A pod with a grace period goes when its node has stopped it and says so by a grace period of zero.
function mayGo(resource: Resource, { metadata, spec }: KubeObject): boolean {
  if (!metadata.deletionTimestamp || metadata.finalizers?.length) return false;
  if (resource === pods) return metadata.deletionGracePeriodSeconds === 0;
  return !(spec as { finalizers?: string[] } | undefined)?.finalizers?.length;
}

const keyOf = (namespace: string | undefined, name: string): string => `${namespace ?? ''}/${name}`;

export class Store {
  // A cluster has a past: a watch from its first revisions is too old.
  #revision = 100;
  #oldest = 100;
  readonly #window: number;
  readonly #objects = new Map<Resource, Map<string, KubeObject>>();
  readonly #listeners = new Set<StoreListener>();
  #history: StoreEvent[] = [];
  readonly #untold: StoreEvent[] = [];
  #telling = false;

  /** `window`: how many past events a watch may resume from. */
  constructor(window = 5000) {
    this.#window = window;
  }

  get revision(): number {
    return this.#revision;
  }

  get<T extends KubeObject>(resource: Resource, namespace: string | undefined, name: string): T | undefined {
    return this.#of(resource).get(keyOf(resource.namespaced ? namespace : undefined, name)) as T | undefined;
  }

  list<T extends KubeObject>(resource: Resource, namespace?: string): T[] {
    const all = [...this.#of(resource).values()] as T[];
    return namespace === undefined ? all : all.filter((object) => object.metadata.namespace === namespace);
  }

  /** Stores a new object; name and namespace are set, and nothing of that name is there. */
  create<T extends KubeObject>(resource: Resource, input: ObjectInput): T {
    const object = structuredClone(input) as T;
    object.metadata.uid ||= randomUUID();
    object.metadata.creationTimestamp = now();
    if (generational.has(resource)) object.metadata.generation = 1;
    this.#put('ADDED', resource, object);
    return object;
  }

  /**
   * Changes the present state of `of` by a draft. Nothing happens where the draft stays the same, or where the object is gone or another
   * of that name has come. An object that is being deleted goes with its last finalizer.
   */
  update<T extends KubeObject>(resource: Resource, of: KubeObject, change: (draft: T) => void): T | undefined {
    const present = this.get<T>(resource, of.metadata.namespace, of.metadata.name);
    if (!present || present.metadata.uid !== of.metadata.uid) return undefined;
    const draft = structuredClone(present);
    change(draft);
    if (draft.metadata.finalizers?.length === 0) delete draft.metadata.finalizers;
    if (isDeepStrictEqual(draft, present)) return present;
    if (generational.has(resource) && isRenewed(draft, present)) draft.metadata.generation = (present.metadata.generation ?? 1) + 1;
    const goes = mayGo(resource, draft);
    // The end of a grace period is shown, and then the pod goes.
    const shown = !goes || draft.metadata.deletionGracePeriodSeconds !== present.metadata.deletionGracePeriodSeconds;
    if (shown) this.#put('MODIFIED', resource, draft, present);
    if (goes) this.#drop(resource, structuredClone(draft), draft);
    return draft;
  }

  /** Removes an object at once, whatever its finalizers say. */
  remove(resource: Resource, of: KubeObject): void {
    const present = this.get(resource, of.metadata.namespace, of.metadata.name);
    if (present?.metadata.uid === of.metadata.uid) this.#drop(resource, structuredClone(present), present);
  }

  /** Tells `listener` of every change, in order; gives back what ends that. */
  onChange(listener: StoreListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The events after `revision`, or undefined where the window does not reach back that far. */
  since(revision: number): readonly StoreEvent[] | undefined {
    return revision < this.#oldest ? undefined : this.#history.filter((event) => event.revision > revision);
  }

  /** The oldest revision from which a watch can resume. */
  get oldest(): number {
    return this.#oldest;
  }

  /** Forgets all past events, as a compaction does, so that every earlier resourceVersion is too old. */
  expireHistory(): void {
    this.#revision += 1;
    this.#oldest = this.#revision;
    this.#history = [];
  }

  #of(resource: Resource): Map<string, KubeObject> {
    const found = this.#objects.get(resource) ?? new Map<string, KubeObject>();
    this.#objects.set(resource, found);
    return found;
  }

  #put(type: 'ADDED' | 'MODIFIED', resource: Resource, object: KubeObject, previous?: KubeObject): void {
    this.#stamp(object);
    this.#of(resource).set(keyOf(object.metadata.namespace, object.metadata.name), object);
    this.#tell({ type, revision: this.#revision, resource, object, ...(previous && { previous }) });
  }

  #drop(resource: Resource, object: KubeObject, previous: KubeObject): void {
    this.#stamp(object);
    this.#of(resource).delete(keyOf(object.metadata.namespace, object.metadata.name));
    this.#tell({ type: 'DELETED', revision: this.#revision, resource, object, previous });
  }

  #stamp(object: KubeObject): void {
    this.#revision += 1;
    object.metadata.resourceVersion = String(this.#revision);
  }

  #tell(event: StoreEvent): void {
    this.#history.push(event);
    if (this.#history.length > this.#window) this.#oldest = this.#history.shift()?.revision ?? this.#oldest;
    this.#untold.push(event);
    if (this.#telling) return;
    this.#telling = true;
    // A listener may itself change an object; its event must not overtake the one that others have not yet heard.
    for (let next = this.#untold.shift(); next; next = this.#untold.shift()) {
      for (const listener of [...this.#listeners]) listener(next);
    }
    this.#telling = false;
  }
}
