import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import { ClusterError } from '../../../core/cluster.ts';
import { messageOf } from '../../../core/errors.ts';
import { Backoff, type BackoffOptions } from '../../../core/time/backoff.ts';
import { monotonic } from '../../../core/time/clock.ts';
import { lines } from '../logs/lines.ts';
import type { ApiRequest, ApiServer } from '../transport/api-server.ts';
import { ofStatus } from '../transport/cluster-error.ts';
import { type RawObject, watchEventOf } from './raw.ts';

/** What to watch and the callbacks to notify. Errors thrown by `seen` are passed to `failed` and otherwise ignored. */
export interface ReflectorOptions<Raw extends RawObject, View> {
  /** The kind in words: `Jobs`. */
  readonly what: string;
  /** Of its objects: `Job`. */
  readonly kind: string;
  readonly path: string;
  readonly labelSelector: string;
  readonly schema: z.ZodType<Raw>;
  view(raw: Raw): View;
  seen(view: View, gone: boolean): void;
  up(): void;
  down(message: string): void;
  failed(error: unknown): void;
}

/** Milliseconds. A watch is renewed every `window`: that the server ends it on time shows that the connection is alive. */
export interface Timing {
  readonly window: number;
  readonly grace: number;
  readonly relist: number;
  readonly request: number;
  readonly backoff: BackoffOptions;
}

const usual: Timing = {
  window: 6_000,
  grace: 2_000,
  relist: 600_000,
  request: 10_000,
  backoff: { firstMs: 250, mostMs: 4_000, jitter: 0.5 },
};

/** Kubernetes itself rejects objects larger than 3 MiB. A longer line is truncated, and so not valid JSON: it counts as a failed watch. */
const mostEventBytes = 4 * 1024 ** 2;

/**
 * Tracks one kind of object: lists it, then watches from that resourceVersion, forever. Every object is reported once per version;
 * objects deleted unnoticed (410, outage) are reported as gone. Only `stop` ends it.
 * The algorithm is client-go's: https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
export class Reflector<Raw extends RawObject, View> {
  readonly #api: ApiServer;
  readonly #on: ReflectorOptions<Raw, View>;
  readonly #timing: Timing;
  readonly #stop = new AbortController();
  readonly #synced = Promise.withResolvers<void>();
  readonly #known = new Map<string, { version: string | undefined; view: View }>();
  #version: string | undefined;
  #listedAt = Number.NEGATIVE_INFINITY;
  readonly #backoff: Backoff;

  constructor(api: ApiServer, on: ReflectorOptions<Raw, View>, timing: Timing = usual) {
    this.#api = api;
    this.#on = on;
    this.#timing = timing;
    this.#backoff = new Backoff(timing.backoff);
  }

  /** Resolves when the first list has been reported, or when stopped before. */
  get synced(): Promise<void> {
    return this.#synced.promise;
  }

  start(): this {
    void this.#run();
    return this;
  }

  /** Aborts the current request; nothing is reported after that. */
  stop(): void {
    this.#stop.abort();
    this.#synced.resolve();
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        if (this.#version === undefined || monotonic() - this.#listedAt >= this.#timing.relist) await this.#list();
        await this.#watch();
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        this.#missed(error);
      }
      await this.#pause();
    }
  }

  #missed(error: unknown): void {
    const answered = error instanceof ClusterError && error.code !== 0;
    // If the server cannot continue from this version, only a new list helps; after a lost connection it can.
    if (answered) this.#version = undefined;
    const expired = answered && error.code === 410 && monotonic() - this.#listedAt > 1_000;
    if (expired) this.#backoff.wentWell();
    else this.#backoff.failed(error);
    if (!expired) this.#on.down(messageOf(error));
  }

  async #list(): Promise<void> {
    const query = { labelSelector: this.#on.labelSelector };
    const { kind, schema } = this.#on;
    const ask = () => this.#api.list({ ...this.#ask(), query }, kind, schema);
    const first = await ask();
    const missing = this.#missing(first.items);
    // What is deleted unnoticed is rare, and what is taken for gone is failed and deleted: two whole lists must say so.
    const list = missing.length > 0 ? await ask() : first;
    const isMissing = new Set(this.#missing(list.items));
    for (const uid of missing) if (isMissing.has(uid)) this.#gone(uid);
    for (const item of list.items) this.#seen(item);
    this.#version = list.version;
    this.#listedAt = monotonic();
    this.#on.up();
    this.#synced.resolve();
  }

  #missing(items: readonly Raw[]): string[] {
    const uids = new Set(items.map(({ metadata }) => metadata.uid));
    return [...this.#known.keys()].filter((uid) => !uids.has(uid));
  }

  async #watch(): Promise<void> {
    const { labelSelector, up } = this.#on;
    const { window, grace, request } = this.#timing;
    const timeoutSeconds = Math.ceil(window / 1000);
    const query = { labelSelector, watch: true, allowWatchBookmarks: true, resourceVersion: this.#version, timeoutSeconds };
    const openedAt = monotonic();
    const chunks = await this.#api.open({ ...this.#ask(), query, timeoutMs: request / 2 }, window + grace);
    up();
    for await (const line of lines(chunks, mostEventBytes)) {
      if (this.#stop.signal.aborted) return;
      this.#event(line);
      this.#backoff.wentWell();
    }
    // A server that accepts a watch and ends it immediately must not be retried in a tight loop.
    if (monotonic() - openedAt < Math.min(1_000, window / 2)) this.#backoff.failed();
    else this.#backoff.wentWell();
  }

  #event(line: string): void {
    const doing = `follow ${this.#on.what}`;
    const event = this.#api.piece(doing, line, watchEventOf(this.#on.schema));
    if (event.type === 'ERROR') throw ofStatus(doing, event.object);
    if (event.type === 'DELETED') this.#gone(event.object.metadata.uid, this.#on.view(event.object));
    else if (event.type !== 'BOOKMARK') this.#seen(event.object);
    this.#version = event.object.metadata.resourceVersion ?? this.#version;
  }

  #seen(raw: Raw): void {
    const { uid, resourceVersion: version } = raw.metadata;
    const known = this.#known.get(uid);
    if (known !== undefined && known.version === version) return;
    const view = this.#on.view(raw);
    this.#known.set(uid, { version, view });
    this.#notify(view, false);
  }

  #gone(uid: string, view = this.#known.get(uid)?.view): void {
    if (this.#known.delete(uid) && view !== undefined) this.#notify(view, true);
  }

  #notify(view: View, gone: boolean): void {
    if (this.#stop.signal.aborted) return;
    try {
      this.#on.seen(view, gone);
    } catch (error) {
      this.#on.failed(error);
    }
  }

  #ask(): ApiRequest {
    const { what, path } = this.#on;
    return { doing: `follow ${what}`, path, timeoutMs: this.#timing.request, signal: this.#stop.signal };
  }

  async #pause(): Promise<void> {
    if (this.#backoff.left > 0) await sleep(this.#backoff.left, undefined, { signal: this.#stop.signal }).catch(() => {});
  }
}
