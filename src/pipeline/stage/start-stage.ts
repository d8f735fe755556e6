import type { KubernetesObject } from '../../core/cluster.ts';
import type { Repository, Secrets, Stage } from '../../core/config.ts';
import { isForGood, messageOf } from '../../core/errors.ts';
import type { Cause } from '../../core/logs.ts';
import type { Run } from '../../core/run/run.ts';
import type { RunBook } from '../../core/run/run-book.ts';
import type { StageRun } from '../../core/run/stage-run.ts';
import { allStages, isReleaseImage, isUnderWay, withStage } from '../../core/run/stages.ts';
import type { TemplateSource } from '../../core/template-source.ts';
import { objectsFrom } from '../../templates/objects-from.ts';
import { type CloneLogins, cloneSecret } from './clone-login.ts';
import { networkPolicies } from './network-policy.ts';
import { failStage } from './observe-stage.ts';
import { badTemplate, refused } from './reasons.ts';
import { type ExternalLogin, loginFiles } from './registry-logins.ts';
import { namespaceOf, releaseSecretOf, secretsOf, workspaceOf } from './run-objects.ts';
import { stageObjects, wishesOf } from './stage-objects.ts';
import { names, type Surroundings, stageValues } from './stage-values.ts';

/** What starting a stage needs from the cluster. */
export interface Creates {
  /** 'exists': it exists already, with this run's uid. */
  create(object: KubernetesObject): Promise<'created' | 'exists'>;
  /** Changes an object that exists already. */
  apply(object: KubernetesObject): Promise<void>;
  /** Replaces an existing Secret with its current values. */
  replace(object: KubernetesObject): Promise<void>;
}

/** The source of job templates. */
export interface TemplateFiles {
  /** @throws UserError if there is no such template */
  read(name: string): Promise<TemplateSource>;
}

/** What starting a stage needs from outside. */
export interface StartPorts {
  readonly cluster: Creates;
  readonly templates: TemplateFiles;
  /** Git logins for pods; absent: no pod needs one. */
  readonly clone?: CloneLogins;
  readonly now: () => Date;
}

export interface StartDeps extends StartPorts {
  readonly book: RunBook;
  readonly around: Surroundings;
  readonly secrets: Partial<Secrets>;
  readonly repositories?: readonly Repository[];
  /** External registries, for the images of releases. */
  readonly outside: readonly ExternalLogin[];
  /** The template for a run's network policies, and the namespaces that its pods must reach; absent: no policies are created. */
  readonly network?: { readonly template: string; readonly namespaces: readonly string[] };
}

/** Renders the objects of a stage and saves them, before any of them is created. If rendering fails, it always will: the stage fails. */
export async function renderStage(start: StartDeps, run: Run, repository: Repository, stage: Stage): Promise<0> {
  const made = await objectsOrCause(start, run, repository, stage);
  if ('title' in made) return failStage(start, run, stage.name, made);
  await start.book.change(run.id, (now) => ifUnderWay(now, stage, { state: 'starting', ...made, phase: 'starts' }));
  return 0;
}

/** @throws if the template cannot be read at the moment */
async function objectsOrCause(
  start: StartDeps,
  run: Run,
  repository: Repository,
  stage: Stage,
): Promise<Cause | { objects: readonly KubernetesObject[]; job: string }> {
  let template: TemplateSource;
  try {
    template = await start.templates.read(stage.template);
  } catch (error) {
    if (!isForGood(error)) throw error;
    return badTemplate(messageOf(error));
  }
  // From here on there is no I/O: the same text would cause any error again.
  try {
    const values = stageValues(run, repository, stage, start.around);
    const objects = stageObjects(run, stage, objectsFrom(template, values));
    return { objects, job: wishesOf(objects).job };
  } catch (error) {
    return badTemplate(messageOf(error));
  }
}

/** Creates what a stage needs and then its objects, the Job last. Idempotent: existing objects with the run's uid stay as they are. */
export async function submitStage(start: StartDeps, run: Run, record: StageRun, workspace: string): Promise<0> {
  const objects = record.objects ?? [];
  const network = await networkFor(start, run);
  if ('title' in network) return failStage(start, run, record.name, network);
  const { podSecurity } = wishesOf(objects);
  const context = [namespaceOf(run, podSecurity), ...network, ...(await secretsFor(start, run, record)), workspaceOf(run, workspace)];
  const laxer = laxerThanBefore(run, record);
  // A password may have been fixed before this attempt, an earlier token may have expired, and another builder reads another file.
  const isNew = ({ metadata }: KubernetesObject) =>
    (record.attempt ?? 1) > 1 || metadata.name === names.git || (isLogin(metadata.name) && bringsForm(run, record));
  for (const object of [...context, ...objects]) {
    const problem = await created(start.cluster, object, isNew, laxer ? namespaceOf(run, laxer) : undefined);
    if (problem) return failStage(start, run, record.name, problem);
  }
  const startedAt = start.now().toISOString();
  await start.book.change(run.id, (now) => ifUnderWay(now, record, { state: 'started', startedAt, phase: 'waiting for its pod' }));
  return 0;
}

async function networkFor({ network, templates }: StartDeps, run: Run): Promise<KubernetesObject[] | Cause> {
  if (!network) return [];
  const { template, namespaces } = network;
  try {
    return networkPolicies(run, await templates.read(template), namespaces);
  } catch (error) {
    if (!isForGood(error)) throw error;
    return badTemplate(messageOf(error));
  }
}

/** The namespace has the pod security level of the earlier stages: the level to change it to, if this stage needs a laxer one. */
function laxerThanBefore(run: Run, record: StageRun): string | undefined {
  const levels = ['privileged', 'baseline', 'restricted'];
  const levelOf = ({ objects = [] }: StageRun) => levels.indexOf(wishesOf(objects).podSecurity ?? 'privileged');
  const before = allStages(run)
    .filter((stage) => stage.name !== record.name && stage.job && stage.objects)
    .map(levelOf);
  const level = levelOf(record);
  return before.length > 0 && level < Math.min(...before) ? levels[level] : undefined;
}

async function secretsFor(start: StartDeps, run: Run, record: StageRun): Promise<KubernetesObject[]> {
  const { around, secrets, outside, clone, repositories = [] } = start;
  const repository = repositories.find(({ name }) => name === run.repository);
  const git = clone && repository && (await cloneSecret(clone, run, repository.clone));
  const forms = [...new Set([...allStages(run), record].flatMap(loginFormsOf))];
  const usual = [...secretsOf(run, around.registry, secrets, forms), ...(git ? [git] : [])];
  return isReleaseImage(run, record) ? [...usual, releaseSecretOf(run, loginFiles(forms, around.registry, secrets, outside))] : usual;
}

/** The formats in which a stage wants registry logins; none before it is rendered. */
function loginFormsOf({ objects }: StageRun): readonly string[] {
  return objects?.length ? wishesOf(objects).registryLogins : [];
}

/** Whether no stage that already has its Job uses this stage's login format; stages that are still starting do not count. */
function bringsForm(run: Run, record: StageRun): boolean {
  const before = allStages(run)
    .filter(({ name, state }) => name !== record.name && state !== 'waiting' && state !== 'starting')
    .flatMap(loginFormsOf);
  return loginFormsOf(record).some((form) => !before.includes(form));
}

const isLogin = (name: string) => name === names.registry || name === names.releaseRegistry;

/**
 * @param isNew whether an existing Secret may need new values
 * @param laxer the namespace as it must be from now on, if that differs from how it was created
 * @returns the cause if the cluster refuses permanently @throws ClusterError if a later try may succeed
 */
async function created(
  cluster: Creates,
  object: KubernetesObject,
  isNew: (object: KubernetesObject) => boolean,
  laxer: KubernetesObject | undefined,
): Promise<Cause | undefined> {
  try {
    const outcome = await cluster.create(object);
    if (outcome === 'exists' && object.kind === 'Secret' && isNew(object)) await cluster.replace(object);
    if (laxer && object.kind === 'Namespace') await cluster.apply(laxer);
    return undefined;
  } catch (error) {
    if (!isForGood(error)) throw error;
    return refused(`${object.kind} ${object.metadata.name}: ${messageOf(error)}`);
  }
}

// A person may have cancelled the run while the step was in progress.
function ifUnderWay(run: Run, stage: { readonly name: string }, change: Partial<StageRun>): Run {
  return isUnderWay(run, stage) ? withStage(run, stage.name, change) : run;
}
