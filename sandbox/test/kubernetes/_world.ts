/** A stand-in cluster in a temporary folder, and the little of an HTTP client that the tests of it need. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { type Kubernetes, type KubernetesOptions, startKubernetes } from '../../src/kubernetes/kubernetes.ts';

interface Reply {
  code: number;
  // The tests look into answers of every kind; a wrong path gives undefined and fails the assertion.
  // biome-ignore lint/suspicious/noExplicitAny: as above
  body: any;
}

export interface Watched {
  type: string;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  object: any;
}

export interface World {
  readonly cluster: Kubernetes;
  readonly folder: string;
  send(method: string, path: string, body?: unknown, type?: string): Promise<Reply>;
  get(path: string): Promise<Reply>;
  /** The text of an answer, whatever its code. */
  text(path: string): Promise<string>;
  /** Events of a watch, until its connection ends. */
  watch(path: string, signal?: AbortSignal): AsyncGenerator<Watched>;
  /** Gives the object at `path` as it first passed `test`, be that past or yet to come. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  until(path: string, test: (object: any) => boolean): Promise<any>;
  /** Waits until the object at `path` is gone. */
  gone(path: string): Promise<void>;
}

const quick = { imageBackOff: 400, imageBackOffShown: 100, crashBackOff: 50, volumeRetry: 50, jobBackOff: 50, bookmark: 100 };

/** `ci` is there as a namespace. */
export async function world(t: ExecutionContext, options: Partial<KubernetesOptions> = {}): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'kubernetes-'));
  const programs = [{ match: /^busybox/ }, ...(options.programs ?? [])];
  const cluster = await startKubernetes({ folder, registries: {}, timing: quick, log: (line) => t.log(line), ...options, programs });
  t.teardown(async () => {
    await cluster.close();
    await rm(folder, { recursive: true, force: true });
  });
  const made = await client(cluster, folder);
  await made.send('POST', '/api/v1/namespaces', { metadata: { name: 'ci' } });
  return made;
}

async function client(cluster: Kubernetes, folder: string): Promise<World> {
  const send = async (method: string, path: string, body?: unknown, type = 'application/json'): Promise<Reply> => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(cluster.url + path, {
      method,
      headers: { 'content-type': type },
      ...(body !== undefined && { body: text }),
    });
    return { code: response.status, body: await response.json() };
  };
  const from = (await send('GET', '/api/v1/namespaces')).body.metadata.resourceVersion;
  async function* watch(path: string, signal?: AbortSignal): AsyncGenerator<Watched> {
    const response = await fetch(`${cluster.url}${path}${path.includes('?') ? '&' : '?'}watch=true`, signal ? { signal } : {});
    let rest = '';
    for await (const chunk of response.body ?? []) {
      const lines = (rest + Buffer.from(chunk).toString()).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) yield JSON.parse(line);
    }
  }
  const alone = (path: string): string => path.replace(/\/([^/]+)$/, '?fieldSelector=metadata.name%3D$1');
  const first = async (path: string, test: (event: Watched) => boolean): Promise<Watched> => {
    for await (const event of watch(path)) if (test(event)) return event;
    throw new Error(`the watch of ${path} ended`);
  };
  return {
    cluster,
    folder,
    send,
    watch,
    get: (path) => send('GET', path),
    text: async (path) => (await fetch(cluster.url + path)).text(),
    until: async (path, test) =>
      (await first(`${alone(path)}&resourceVersion=${from}`, ({ type, object }) => type !== 'DELETED' && test(object))).object,
    async gone(path) {
      const { items, metadata } = (await send('GET', alone(path))).body;
      if (items.length > 0) await first(`${alone(path)}&resourceVersion=${metadata.resourceVersion}`, ({ type }) => type === 'DELETED');
    },
  };
}

export const job = (name: string, containers: object[], more: object = {}, pod: object = {}): object => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name },
  spec: { backoffLimit: 0, ...more, template: { spec: { restartPolicy: 'Never', containers, ...pod } } },
});

export const pod = (name: string, containers: object[], more: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { restartPolicy: 'Never', containers, ...more },
});

export const shell = (script: string, more: object = {}): object => ({
  name: 'main',
  image: 'busybox:1.35',
  command: ['sh', '-c', script],
  ...more,
});

export const jobsPath = '/apis/batch/v1/namespaces/ci/jobs';
export const podsPath = '/api/v1/namespaces/ci/pods';

export const over = (object: { status: { phase: string } }): boolean => ['Succeeded', 'Failed'].includes(object.status.phase);

export const ended = (object: { status: { conditions?: { type: string }[] } }): boolean =>
  object.status.conditions?.some(({ type }) => type === 'Complete' || type === 'Failed') ?? false;
