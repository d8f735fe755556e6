import type { Config, RegistryAddresses, Repository, Secrets, Stage } from '../core/config.ts';
import type { BuiltImage, Run } from '../core/run.ts';

/** Names of the Secrets and the claim that a run's namespace has. */
export const names = { workspace: 'workspace', registry: 'registry-config', git: 'git-credentials', pull: 'registry-pull' } as const;

/** What the values of a template are made from, besides the run. */
export interface Surroundings {
  readonly registry: RegistryAddresses;
  readonly cache?: string;
  /** Whether cloning needs a user and a password. */
  readonly gitCredentials: boolean;
  /** Whether pulling from the registry does. */
  readonly pullCredentials: boolean;
}

export function surroundings({ registry, cache }: Pick<Config, 'registry' | 'cache'>, secrets: Partial<Secrets>): Surroundings {
  const gitCredentials = secrets.gitPassword !== undefined;
  return { registry, gitCredentials, pullCredentials: secrets.registryPassword !== undefined, ...(cache ? { cache } : {}) };
}

/** The tag under which a stage of this run pushes: made from the uid, so that nobody else's push is taken for ours. */
export function tagOf(run: Run, stage: Stage): string {
  return `cox-${run.uid}-${stage.name}`;
}

/** The newest image that a stage before this one has built. */
export function imageBefore(run: Run, stage: Stage): BuiltImage | undefined {
  const index = run.stages.findIndex((one) => one.name === stage.name);
  return run.stages.slice(0, index).findLast((one) => one.image)?.image;
}

/**
 * The values that a job template may use, as `.Run.ID`, `.Stage.GPUs` and so on.
 * @throws Error where a test stage has no image to test.
 */
export function stageValues(run: Run, repository: Repository, stage: Stage, around: Surroundings): Record<string, unknown> {
  return {
    Run: {
      ID: run.id,
      UID: run.uid,
      Namespace: run.namespace,
      Branch: run.branch,
      Commit: run.commit.sha,
      Repository: run.repository,
    },
    Stage: {
      Name: stage.name,
      Kind: stage.kind,
      TimeoutSeconds: Math.ceil(stage.timeout / 1000),
      GPUs: stage.kind === 'test' ? stage.gpus : 0,
      Command: stage.kind === 'test' ? [...stage.command] : [],
      Dockerfile: stage.kind === 'image' ? stage.dockerfile : '',
      Context: stage.kind === 'image' ? stage.context : '',
    },
    Image: stage.kind === 'image' ? { Repository: stage.repository, Tag: tagOf(run, stage) } : imageValues(run, stage, around.registry),
    Registry: { Push: around.registry.push, Pull: around.registry.pull },
    Cache: around.cache ?? '',
    Git: { URL: repository.clone, Secret: around.gitCredentials ? names.git : '' },
    RegistrySecret: names.registry,
    PullSecret: around.pullCredentials ? names.pull : '',
    Workspace: { Claim: names.workspace },
    Values: stage.values,
  };
}

function imageValues(run: Run, stage: Stage, registry: RegistryAddresses): Record<string, string> {
  const image = imageBefore(run, stage);
  if (!image) throw new Error(`stage ${stage.name} has no image to test: no stage before it has built one`);
  return {
    Repository: image.repository,
    Tag: image.tag,
    Digest: image.digest,
    Ref: `${registry.pull}/${image.repository}@${image.digest}`,
  };
}
