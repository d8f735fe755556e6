import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutionContext, TestFn } from 'ava';
import { type ClusterClient, clusterClient } from '../../../src/clients/cluster/cluster-client.ts';
import { ApiServer } from '../../../src/clients/cluster/transport/api-server.ts';
import type { PooledKubeConfig } from '../../../src/clients/cluster/transport/kube-config.ts';
import type { ClusterEvent, JobView, PodView } from '../../../src/core/cluster.ts';

/** A cluster to try, and what its node can run. */
export interface Connection {
  readonly kubeConfig: PooledKubeConfig;
  readonly images: {
    /** Has sh, cat, echo, sleep, dd and tr. */
    readonly shell: string;
    /** Is in no registry. */
    readonly missing: string;
  };
  close?(): Promise<void>;
}

/** Registers tests of one theme; the world is there when they run. */
export type Chapter = (test: TestFn, world: () => World) => void;

/** A namespace that one test has for itself, and the labels of its run. */
export interface Place {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly runUid: string;
}

export type Raw = Record<string, unknown> & { metadata: { name: string; uid: string; resourceVersion: string; [key: string]: unknown } };

const patienceMs = 90_000;

/** One connection for a whole suite: the client that is tried, plain requests beside it, and everything that its watch has told so far. */
export class World {
  readonly instance = `contract-${randomBytes(3).toString('hex')}`;
  readonly api: ApiServer;
  readonly client: ClusterClient;
  readonly images: Connection['images'];
  readonly jobs: { view: JobView; gone: boolean }[] = [];
  readonly pods: { view: PodView; gone: boolean }[] = [];
  readonly #waiting = new Set<() => void>();
  readonly #watch: { synced: Promise<void>; stop(): void };
  #count = 0;

  constructor({ kubeConfig, images }: Connection) {
    this.images = images;
    this.api = new ApiServer(kubeConfig);
    this.client = clusterClient({ kubeConfig, instance: this.instance, log: console });
    this.#watch = this.client.watch({
      job: (view, gone) => this.#told(this.jobs.push({ view, gone })),
      pod: (view, gone) => this.#told(this.pods.push({ view, gone })),
      trouble: (message) => message !== undefined && console.error(message),
    });
  }

  async close(): Promise<void> {
    this.#watch.stop();
    await this.client.close();
  }

  /** The labels of a run of its own. */
  labels(runUid: string): Record<string, string> {
    return { 'coxswain/instance': this.instance, 'coxswain/run': `run-${runUid}`, 'coxswain/run-uid': runUid };
  }

  /** Makes a namespace for one test and deletes it after it. */
  async place(t: ExecutionContext, more: Readonly<Record<string, string>> = {}): Promise<Place> {
    const runUid = randomBytes(4).toString('hex');
    this.#count += 1;
    const namespace = `cox-${this.instance}-${this.#count}`;
    const labels = this.labels(runUid);
    await this.client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels: { ...labels, ...more } } });
    t.teardown(() => this.client.deleteNamespace(namespace, runUid));
    return { namespace, labels, runUid };
  }

  /** The raw answer to GET. */
  async get(path: string, query: Readonly<Record<string, string>> = {}): Promise<Raw> {
    return (await this.api.json({ doing: `get ${path}`, path, query })) as Raw;
  }

  /** Waits until `find` gives something; it looks again at every change that the watch tells, and every half second. */
  async until<T>(what: string, find: () => T | undefined | Promise<T | undefined>): Promise<T> {
    for (const end = Date.now() + patienceMs; Date.now() < end; ) {
      const found = await find();
      if (found !== undefined) return found;
      await Promise.race([new Promise<void>((resolve) => this.#waiting.add(resolve)), sleep(500)]);
    }
    throw new Error(`Waited ${patienceMs / 1000} s in vain until ${what}.`);
  }

  /** The first view of a Job that passes, told already or to come. */
  job(place: Place, name: string, test: (view: JobView) => boolean): Promise<JobView> {
    const find = () => this.jobs.find(({ view }) => view.namespace === place.namespace && view.name === name && test(view))?.view;
    return this.until(`Job ${place.namespace}/${name} is as wanted`, find);
  }

  /** The first view of a pod of that namespace that passes, told already or to come. */
  pod(place: Place, test: (view: PodView) => boolean, job?: string): Promise<PodView> {
    const isOf = (view: PodView) => view.namespace === place.namespace && (job === undefined || view.labels['job-name'] === job);
    return this.until(`a pod in ${place.namespace} is as wanted`, () => this.pods.find(({ view }) => isOf(view) && test(view))?.view);
  }

  /** The first event about that object with that reason, and that message. */
  event(place: Place, uid: string, reason: string, message = /^/): Promise<ClusterEvent> {
    const find = async () =>
      (await this.client.eventsOf(place.namespace, uid)).find((event) => event.reason === reason && message.test(event.message));
    return this.until(`an event ${reason} in ${place.namespace}`, find);
  }

  #told(_count: number): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}
