import { annotations, type KubernetesObject, labels } from '../../core/cluster.ts';
import type { Stage } from '../../core/config.ts';
import { UserError } from '../../core/errors.ts';
import type { Run } from '../../core/run/run.ts';
import { allStages, attemptAt } from '../../core/run/stages.ts';
import { trimEndSigns } from '../../core/text/trim.ts';
import { loginForm } from './registry-logins.ts';

/** Kinds that a job template may contain. Secret is not among them: rendered objects are saved, and secrets must not be. */
const allowedKinds = ['Job', 'ConfigMap', 'Service', 'Deployment', 'PersistentVolumeClaim', 'ServiceAccount'];

interface PodTemplate {
  metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> };
  spec?: { restartPolicy?: string; activeDeadlineSeconds?: number; initContainers?: unknown[]; containers?: unknown[] };
}

interface JobSpec {
  backoffLimit?: number;
  template?: PodTemplate;
}

/**
 * The objects of one stage, ready to be saved and created: in the run's namespace, with the run's labels on them and on every pod template,
 * without a service account token unless the template requests one, the Job with `backoffLimit: 0`, `restartPolicy: Never` and, unless the
 * template sets another one, the stage's timeout as its deadline. The Job comes last, so that what it needs exists before it.
 * @throws UserError if the template does not produce exactly one Job, its Job has the same name as that of another stage, it requests an
 * unknown login format, or it contains a kind that is not allowed.
 */
export function stageObjects(
  run: Run,
  stage: Pick<Stage, 'name' | 'template' | 'timeout'>,
  objects: readonly KubernetesObject[],
): KubernetesObject[] {
  const { template } = stage;
  const strange = objects.find((object) => !allowedKinds.includes(object.kind));
  if (strange) {
    throw new UserError(
      `template ${template}: ${strange.kind} ${strange.metadata.name} is not allowed; allowed are ${allowedKinds.join(', ')}`,
    );
  }
  const jobs = objects.filter((object) => object.kind === 'Job');
  if (jobs.length !== 1) throw new UserError(`template ${template}: a stage needs exactly one Job, this one has ${jobs.length}`);
  checkJobIsNew(run, stage, jobs[0]?.metadata.name);
  wishesOf(jobs).registryLogins.forEach(loginForm);
  const ours = { [labels.instance]: instanceOf(run), [labels.run]: run.id, [labels.runUid]: run.uid, [labels.stage]: stage.name };
  const owned = objects.map((object) => labelled(ofAttempt(run, stage.name, object), run.namespace, ours, stage));
  return [...owned.filter((object) => object.kind !== 'Job'), ...owned.filter((object) => object.kind === 'Job')];
}

/** Each further attempt has its own Job: that of the previous attempt still exists, and has ended. */
function ofAttempt(run: Run, stage: string, object: KubernetesObject): KubernetesObject {
  const attempt = attemptAt(run, stage);
  if (attempt === 1 || object.kind !== 'Job') return object;
  return { ...object, metadata: { ...object.metadata, name: withSuffix(object.metadata.name, `-attempt-${attempt}`) } };
}

/** A Job's name is a label of its pods, so it must stay within 63 characters (RFC 1123). */
function withSuffix(name: string, suffix: string): string {
  return `${trimEndSigns(name.slice(0, 63 - suffix.length), '-.')}${suffix}`;
}

/** The Job of another stage, and its outcome, would be mistaken for this one's. */
function checkJobIsNew(run: Run, stage: Pick<Stage, 'name' | 'template'>, job: string | undefined): void {
  const other = allStages(run).find((one) => one.name !== stage.name && !one.reusedFrom && one.job === job);
  if (!other) return;
  const remedy = 'name it after the stage: `name: {{ .Stage.Name | quote }}`';
  throw new UserError(`template ${stage.template}: its Job ${job} has the same name as the Job of stage ${other.name}; ${remedy}`);
}

/** The instance in `cox-<instance>-<id>`. */
export function instanceOf(run: Run): string {
  return run.namespace.slice('cox-'.length, -(run.id.length + 1));
}

/** What the Job of a stage requests in its annotations. */
export interface Wishes {
  readonly job: string;
  readonly reader: string;
  readonly podSecurity?: string;
  /** The readers of single containers, by the container's name. */
  readonly readers: Readonly<Record<string, string>>;
  /** The formats in which its containers read registry logins; empty: they read none. */
  readonly registryLogins: readonly string[];
  /** The digest that its image must have. */
  readonly digest?: string;
}

export function wishesOf(objects: readonly KubernetesObject[]): Wishes {
  const job = objects.find((object) => object.kind === 'Job');
  if (!job) throw new Error('no Job among the objects of a stage');
  const said = job.metadata.annotations ?? {};
  const podSecurity = said[annotations.podSecurity];
  const registryLogins = said[annotations.registryLogin]?.split(/[, ]+/).filter(Boolean) ?? [];
  const digest = said[annotations.digest];
  return {
    job: job.metadata.name,
    reader: said[annotations.reader] ?? 'plain',
    readers: readersIn(said),
    registryLogins,
    ...(podSecurity && { podSecurity }),
    ...(digest && { digest }),
  };
}

/** The reader that a stage with these objects requests for one container by its name. */
export function ownReader(objects: readonly KubernetesObject[] | undefined, container: string): string | undefined {
  const readers = objects?.length ? wishesOf(objects).readers : {};
  return Object.hasOwn(readers, container) ? readers[container] : undefined;
}

function readersIn(said: Readonly<Record<string, string>>): Record<string, string> {
  const prefix = `${annotations.reader}.`;
  return Object.fromEntries(
    Object.entries(said).flatMap(([key, name]) => (key.startsWith(prefix) ? [[key.slice(prefix.length), name]] : [])),
  );
}

function labelled(
  object: KubernetesObject,
  namespace: string,
  ours: Record<string, string>,
  { template, timeout }: Pick<Stage, 'template' | 'timeout'>,
): KubernetesObject {
  const metadata = { ...object.metadata, namespace, labels: { ...object.metadata.labels, ...ours } };
  if (object.kind !== 'Job' && object.kind !== 'Deployment') return { ...object, metadata };
  const spec = object.spec as JobSpec | undefined;
  const pod = spec?.template;
  if (!pod?.spec?.containers?.length)
    throw new UserError(`template ${template}: ${object.kind} ${metadata.name} has no spec.template.spec.containers`);
  // Pods of a commit get no service account token unless their template requests one.
  const podSpec = { automountServiceAccountToken: false, ...pod.spec };
  const podTemplate = { ...pod, metadata: { ...pod.metadata, labels: { ...pod.metadata?.labels, ...ours } }, spec: podSpec };
  if (object.kind === 'Deployment') return { ...object, metadata, spec: { ...spec, template: podTemplate } };
  const limited = { activeDeadlineSeconds: Math.ceil(timeout / 1000), ...podSpec, restartPolicy: 'Never' };
  return { ...object, metadata, spec: { ...spec, backoffLimit: 0, template: { ...podTemplate, spec: limited } } };
}
