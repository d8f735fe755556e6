import { setTimeout as sleep } from 'node:timers/promises';
import { ClusterError, type ClusterEvent, type KubernetesObject, labels, type PodView } from '../../core/cluster.ts';
import { UserError } from '../../core/errors.ts';
import type { Run } from '../../core/run/run.ts';
import type { TemplateSource } from '../../core/template-source.ts';
import { objectsFrom } from '../../templates/objects-from.ts';
import { neverStarted } from '../stage/reasons.ts';
import { instanceOf } from '../stage/stage-objects.ts';
import { names, type Surroundings, toolValues } from '../stage/stage-values.ts';
import type { TemplateFiles } from '../stage/start-stage.ts';
import { waitingReason } from '../stage/waiting-reason.ts';

/** What the collector pod needs from the cluster. */
export interface Pods {
  create(object: KubernetesObject): Promise<'created' | 'exists'>;
  pod(namespace: string, name: string): Promise<PodView | undefined>;
  deletePod(namespace: string, name: string): Promise<void>;
  eventsOf(namespace: string, uid: string): Promise<ClusterEvent[]>;
}

export interface CollectorPorts {
  readonly cluster: Pods;
  readonly templates: TemplateFiles;
  readonly around: Pick<Surroundings, 'tools' | 'pullCredentials'>;
  readonly now: () => Date;
  /** How long the pod may take to start, in ms. */
  readonly startLimitMs?: number;
  /** How often it is checked meanwhile, in ms. */
  readonly lookMs?: number;
}

/** Where commands run. */
export interface Collector {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

const name = 'collector';
const lifeMs = 3_600_000;
const startLimitMs = 5 * 60_000;
const eventsAfterMs = 5_000;
const lookMs = 500;

/**
 * The running pod that mounts the run's workspace. An existing one is reused, one that has ended is created again.
 * @param leftMs how much time to live it must have left; one with less is replaced, with whatever runs in it
 * @throws UserError if it cannot start @throws ClusterError
 */
export async function ensureCollector(ports: CollectorPorts, run: Run, leftMs = 0): Promise<Collector> {
  const object = collectorPod(run, await ports.templates.read(name), ports.around);
  const since = ports.now().getTime();
  const limit = ports.startLimitMs ?? startLimitMs;
  for (;;) {
    const pod = await ports.cluster.pod(run.namespace, name);
    const waited = ports.now().getTime() - since;
    if (pod && pod.labels[labels.runUid] !== run.uid) throw foreign(run, pod);
    if (!pod) await create(ports, run, object);
    else if (isOver(pod, ports.now().getTime() + leftMs)) await ports.cluster.deletePod(run.namespace, name);
    else if (isRunning(pod)) return { namespace: run.namespace, pod: name, container: name };
    else await checkHope(ports, run, pod, waited, limit);
    await sleep(ports.lookMs ?? lookMs);
  }
}

/** Deletes the pod; a missing pod is no error. @throws ClusterError */
export async function discardCollector({ cluster }: { readonly cluster: Pick<Pods, 'deletePod'> }, run: Run): Promise<void> {
  await cluster.deletePod(run.namespace, name);
}

function collectorPod(run: Run, template: TemplateSource, around: CollectorPorts['around']): KubernetesObject {
  const values = {
    Run: { ID: run.id, UID: run.uid, Namespace: run.namespace },
    Stage: { Name: name, TimeoutSeconds: lifeMs / 1000 },
    Workspace: { Claim: names.workspace },
    ...toolValues(around),
  };
  const [object, ...more] = objectsFrom(template, values);
  if (object?.kind !== 'Pod' || more.length > 0) throw new UserError(`template ${name}: it must produce one Pod and nothing else`);
  const ours = { [labels.instance]: instanceOf(run), [labels.run]: run.id, [labels.runUid]: run.uid };
  return { ...object, metadata: { ...object.metadata, name, namespace: run.namespace, labels: { ...object.metadata.labels, ...ours } } };
}

async function create({ cluster }: CollectorPorts, run: Run, object: KubernetesObject): Promise<void> {
  try {
    await cluster.create(object);
  } catch (error) {
    if (!(error instanceof ClusterError) || error.retry) throw error;
    if (error.reason === 'NotFound' || /being terminated/.test(error.message))
      throw workspaceGone(run, `its namespace ${run.namespace} has been deleted`);
    throw new UserError(`The pod that collects the files of the release cannot be created. ${error.message}`);
  }
}

const isRunning = (pod: PodView) => !pod.deletedAt && pod.containers.some((one) => one.name === name && one.state === 'running');

function isOver(pod: PodView, atMs: number): boolean {
  if (pod.deletedAt) return false;
  return pod.phase === 'Succeeded' || pod.phase === 'Failed' || Date.parse(pod.startTime ?? '') + lifeMs < atMs;
}

/** Throws if there is no point in waiting any longer. */
async function checkHope(ports: CollectorPorts, run: Run, pod: PodView, waited: number, limit: number): Promise<void> {
  const events = waited < eventsAfterMs ? [] : await ports.cluster.eventsOf(run.namespace, pod.uid);
  const why = pod.deletedAt ? 'the previous one has not ended' : waitingReason(undefined, pod, events, 0);
  if (why && /persistentvolumeclaim "[^"]*" (not found|is being deleted)/.test(why)) {
    throw workspaceGone(run, 'its volume claim has been deleted');
  }
  if (waited < limit) return;
  const { title, next } = neverStarted(why ?? 'the cluster gives no reason', limit);
  throw new UserError(`The pod that collects the files of the release: ${title}. ${next}`);
}

function foreign(run: Run, pod: PodView): UserError {
  return new UserError(`Pod ${run.namespace}/${name} belongs to ${pod.labels[labels.runUid] ?? 'no run'}, not to ${run.id}. Delete it.`);
}

function workspaceGone(run: Run, why: string): UserError {
  return new UserError(`The workspace of ${run.id} is gone (${why}), and with it the files of the release. Run the commit again.`);
}
