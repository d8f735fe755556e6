import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RealCluster, WorldOptions } from '@coxswain/sandbox';
import type { ExecutionContext } from 'ava';
import { parse, stringify } from 'yaml';
import { ApiServer } from '../../src/clients/cluster/transport/api-server.ts';
import { loadKubeConfig } from '../../src/clients/cluster/transport/kube-config.ts';
import { ClusterError, labels } from '../../src/core/cluster.ts';
import { aWay, type Way } from '../way/way.ts';
import { ownAccount } from './account.ts';
import { everyPod, type Pods } from './pods.ts';

/** The registry of the cluster, as this machine reaches it. */
export const registryHost = '198.18.0.2:32000';
const registryApi = `http://${registryHost}`;

/** The cluster of KUBECONFIG, with the addresses that its README gives. */
function realCluster(): RealCluster {
  const kubeconfig = process.env.KUBECONFIG;
  if (!kubeconfig) throw new Error('KUBECONFIG must name the kubeconfig of a cluster that is up.');
  const registry = { push: 'registry.container-registry.svc.cluster.local:5000', pull: 'localhost:32000', api: registryApi };
  return { kubeconfig, host: '198.18.0.1', registry };
}

export type Cleaning = Pick<ExecutionContext, 'teardown' | 'log'>;

export interface LabOptions extends Partial<Omit<WorldOptions, 'cluster' | 'config'>> {
  /** First part of the instance's name, at most 8 characters. */
  readonly name: string;
  /** The stages by repository, all of which watch the sample; without it there is the sample's own, `scheduler`. */
  readonly repositories?: (way: Way) => Promise<Repositories>;
  readonly over?: Readonly<Record<string, unknown>>;
}

type Repositories = Readonly<Record<string, readonly Stage[]>>;

/** A stage as `coxswain.yaml` has it. */
export type Stage = Readonly<Record<string, unknown>>;

/** The bot as a process on a real cluster, under the account of `manifests/bot`, with real Makisu and a real registry; only Slack and git are played. */
export interface Lab {
  readonly way: Way;
  readonly instance: string;
  readonly api: ApiServer;
  readonly pods: Pods;
  namespaceOf(run: string): string;
  /** Whether the namespace is there, be it on its way out. */
  hasNamespace(run: string): Promise<boolean>;
}

/** As the test cluster's registry has them. */
const tools = { git: 'docker.io/alpine/git:latest', busybox: 'docker.io/library/busybox:1.35', redis: 'docker.io/library/redis:7' };

export async function aLab(t: Cleaning, { name, repositories, over = {}, ...options }: LabOptions): Promise<Lab> {
  const instance = `${name}-${randomBytes(3).toString('hex')}`;
  const cluster = realCluster();
  const api = new ApiServer(loadKubeConfig({ KUBECONFIG: cluster.kubeconfig }));
  const labelSelector = `${labels.instance}=${instance}`;
  const { kubeconfig } = await ownAccount(t, instance, cluster.kubeconfig);
  t.teardown(() => deleteNamespaces(api, labelSelector));
  const pods = everyPod(api, labelSelector);
  t.teardown(() => pods.stop());
  const way = await aWay(t, {
    ...options,
    cluster: { ...cluster, kubeconfig },
    config: { over: { instance, tools, ...over }, stages: usualStages(instance, options.gpus) },
  });
  if (repositories) await watchFor(way, await repositories(way));
  await pods.synced;
  const namespaceOf = (run: string) => `cox-${instance}-${run}`;
  const hasNamespace = async (run: string) => (await namespaces(api, labelSelector)).has(namespaceOf(run));
  return { way, instance, api, pods, namespaceOf, hasNamespace };
}

/** A build by Makisu; every instance pushes to a repository of its own. */
export function imageStage(repository: string, more: Stage = {}): Stage {
  const image = {
    template: 'makisu',
    repository,
    timeout: '5m',
    startTimeout: '5m',
    workspace: '100Mi',
    values: { commit: 'explicit' },
    ...more,
  };
  return { name: 'image', image };
}

function usualStages(instance: string, gpus = 0): Stage[] {
  return [
    imageStage(`lab/${instance}`),
    { name: 'test', test: { template: gpus > 0 ? 'gpu-test' : 'test', gpus, timeout: '5m', startTimeout: '5m' } },
  ];
}

/** Has the bot watch the sample under several names, each with its own stages. */
async function watchFor(way: Way, repositories: Repositories): Promise<void> {
  const file = way.world.configFile;
  const config = parse(await readFile(file, 'utf8')) as { repositories: [object] };
  const [sample] = config.repositories;
  const watched = Object.entries(repositories).map(([name, stages]) => ({ ...sample, name, short: name, stages }));
  await writeFile(file, stringify({ ...config, repositories: watched }));
}

/** Waits until the layer cache that the bot has applied answers. */
export async function cacheIsReady({ way, api }: Lab): Promise<void> {
  const path = '/apis/apps/v1/namespaces/coxswain-cache/deployments/makisu-cache';
  await way.until(async () => {
    const { status } = (await api.json({ doing: 'look at the cache', path }).catch(() => ({}))) as { status?: { readyReplicas?: number } };
    return (status?.readyReplicas ?? 0) > 0;
  }, 60_000);
}

/** What the registry has under a tag or digest; undefined where it has nothing. */
export async function inRegistry(repository: string, reference: string): Promise<string | undefined> {
  const accept = 'application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json';
  const answer = await fetch(`${registryApi}/v2/${repository}/manifests/${reference}`, { method: 'HEAD', headers: { accept } });
  return answer.ok ? (answer.headers.get('docker-content-digest') ?? undefined) : undefined;
}

/** The digests of an image's layers in the registry, in their order. */
export async function layersInRegistry(repository: string, reference: string): Promise<string[]> {
  const accept = 'application/vnd.docker.distribution.manifest.v2+json';
  const answer = await fetch(`${registryApi}/v2/${repository}/manifests/${reference}`, { headers: { accept } });
  return layersIn(await answer.text());
}

/** The digests of the layers in a manifest; none where it is something else. */
export function layersIn(manifest: string): string[] {
  const { layers = [] } = JSON.parse(manifest) as { layers?: { digest: string }[] };
  return layers.map(({ digest }) => digest);
}

/** A job template of ours with one place of it or of its partials changed, as a file in the world's folder. */
export async function changedTemplate(way: Way, name: string, from: string, to: string): Promise<string> {
  const jobs = fileURLToPath(new URL('../../manifests/jobs', import.meta.url));
  const folder = join(way.world.data, '..', `${name}-${randomBytes(3).toString('hex')}`);
  await mkdir(folder);
  const files = [`${name}.yaml`, ...(await readdir(jobs)).filter((file) => file.endsWith('.tpl'))];
  const texts = await Promise.all(files.map((file) => readFile(join(jobs, file), 'utf8')));
  if (!texts.some((text) => text.includes(from))) throw new Error(`neither template ${name} nor a partial has ${from}`);
  await Promise.all(files.map((file, index) => writeFile(join(folder, file), texts[index]?.replace(from, to) ?? '')));
  return join(folder, `${name}.yaml`);
}

interface Namespaces {
  readonly items: readonly { readonly metadata: { readonly name: string } }[];
}

async function namespaces(api: ApiServer, labelSelector: string): Promise<Set<string>> {
  const { items } = (await api.json({ doing: 'list namespaces', path: '/api/v1/namespaces', query: { labelSelector } })) as Namespaces;
  return new Set(items.map(({ metadata }) => metadata.name));
}

async function deleteNamespaces(api: ApiServer, labelSelector: string): Promise<void> {
  for (const name of await namespaces(api, labelSelector)) {
    const deleted = api.json({ doing: `delete Namespace ${name}`, path: `/api/v1/namespaces/${name}`, method: 'DELETE' });
    await deleted.catch((error: unknown) => {
      // Gone, or on its way out.
      if (!(error instanceof ClusterError) || ![404, 409].includes(error.code)) throw error;
    });
  }
}
