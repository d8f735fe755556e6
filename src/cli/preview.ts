import type { KubernetesObject } from '../core/cluster.ts';
import type { Config, Repository, Secrets, Stage } from '../core/config.ts';
import type { Run } from '../core/run/run.ts';
import type { StageRun } from '../core/run/stage-run.ts';
import type { TemplateSource } from '../core/template-source.ts';
import { networkPolicies, reachedBy } from '../pipeline/stage/network-policy.ts';
import { gitSecretOf, namespaceOf, secretsOf, workspaceOf } from '../pipeline/stage/run-objects.ts';
import { stageObjects, wishesOf } from '../pipeline/stage/stage-objects.ts';
import { type CloneNeedsOf, stageValues, surroundings, tagOf } from '../pipeline/stage/stage-values.ts';
import { objectsFrom } from '../templates/objects-from.ts';

const unknownDigest = `sha256:${'0'.repeat(64)}`;

/** What is needed to render the objects that a stage would create in a sample run. `commit`: 40 or 64 hexadecimal digits. */
export interface Preview {
  readonly config: Config;
  readonly repository: Repository;
  readonly stage: Stage;
  readonly commit: string;
  /** The stage's job template. */
  readonly template: TemplateSource;
  /** The template of the network policy, if there is one. */
  readonly network?: TemplateSource;
  readonly secrets: Partial<Secrets>;
  readonly cloneNeeds?: CloneNeedsOf;
}

/** @throws UserError if the template cannot be rendered or yields something that is not allowed. */
export function stagePreview({ config, repository, stage, commit, template, secrets, cloneNeeds }: Preview): KubernetesObject[] {
  const run = sampleRun(config, repository, commit);
  const values = stageValues(run, repository, stage, surroundings(config, secrets, cloneNeeds));
  return stageObjects(run, stage, objectsFrom(template, values));
}

/** What a run's namespace contains before its first stage. */
export function groundPreview(preview: Preview, objects: readonly KubernetesObject[]): KubernetesObject[] {
  const { config, repository, commit, secrets, stage, cloneNeeds } = preview;
  const git = { basic: { username: 'git', password: '…' }, ssh: { 'ssh-privatekey': '…', known_hosts: '…' } };
  const kind = cloneNeeds?.(repository.clone).login;
  const run = sampleRun(config, repository, commit);
  const { podSecurity, registryLogins } = wishesOf(objects);
  const secretObjects = [...secretsOf(run, config.registry, secrets, registryLogins), ...(kind ? [gitSecretOf(run, git[kind])] : [])];
  const context = [...secretObjects, workspaceOf(run, stage.workspace)];
  return [namespaceOf(run, podSecurity), ...networkPreview(preview), ...context];
}

/** @throws UserError if the network policy template cannot be rendered or yields something that is not allowed. */
export function networkPreview({ config, repository, commit, network }: Omit<Preview, 'stage' | 'template'>): KubernetesObject[] {
  if (!network) return [];
  return networkPolicies(sampleRun(config, repository, commit), network, reachedBy(config));
}

function sampleRun({ instance, channel }: Config, repository: Repository, sha: string): Run {
  const id = `${repository.short}-0`;
  const run: Run = {
    id,
    uid: '0'.repeat(20),
    key: 'preview',
    repository: repository.name,
    branch: repository.branches.find((branch) => !/[*?]/.test(branch)) ?? 'main',
    commit: { sha },
    ...(repository.version && { version: '0.0.0' }),
    cause: { kind: 'commit' },
    state: 'running',
    stages: [],
    namespace: `cox-${instance}-${id}`,
    createdAt: new Date(0).toISOString(),
    revision: 0,
    delivery: { channel, thread: [], cleaned: false },
  };
  const images = (repository.release?.images ?? []).map(({ name, kind }): StageRun => ({ name, kind, state: 'waiting' }));
  const release = { version: '0.0.0', tag: '0.0.0', requiredVotes: 1, votes: [], images };
  return { ...run, stages: repository.stages.map((stage) => sampleStage(run, stage)), release };
}

function sampleStage(run: Run, stage: Stage): StageRun {
  const { name, kind } = stage;
  if (kind === 'test') return { name, kind, state: 'waiting' };
  return { name, kind, state: 'passed', image: { repository: stage.repository, tag: tagOf(run, stage), digest: unknownDigest } };
}
