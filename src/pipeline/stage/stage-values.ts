import type { Config, ExternalRegistry, RegistryAddresses, ReleaseImage, Repository, Secrets, Stage, Tools } from '../../core/config.ts';
import { UserError } from '../../core/errors.ts';
import { branchSlug } from '../../core/git/branch-slug.ts';
import { isPlain } from '../../core/plain-http.ts';
import type { Run } from '../../core/run/run.ts';
import type { BuiltImage } from '../../core/run/stage-run.ts';
import { attemptAt, isReleaseImage } from '../../core/run/stages.ts';
import { imageTag } from '../../core/version/version.ts';
import { certificateFile } from './registry-logins.ts';

/** Names of the Secrets and the volume claim in a run's namespace. */
export const names = {
  workspace: 'workspace',
  registry: 'registry-config',
  git: 'git-credentials',
  pull: 'registry-pull',
  releaseRegistry: 'release-registry-config',
} as const;

/** What the Secret for git has to hold, so that a pod can clone from an address: a login, certificates of authorities. */
export interface CloneNeeds {
  readonly login?: 'basic' | 'ssh';
  readonly authorities?: boolean;
}

export type CloneNeedsOf = (clone: string) => CloneNeeds;

/** A registry as pods use it. */
interface RegistryAccess {
  readonly push: string;
  /** It uses plain HTTP. */
  readonly plain: boolean;
  /** The file with its CA certificates in the Secret of logins; empty: they are publicly trusted. */
  readonly certificates: string;
}

/** The inputs for the values of a template, besides the run. */
export interface Surroundings {
  readonly registry: RegistryAddresses;
  readonly cache?: string;
  /** External registries as pods use them, by name. */
  readonly outside: Readonly<Record<string, RegistryAccess>>;
  readonly cloneNeeds?: CloneNeedsOf;
  readonly tools: Tools;
  /** Whether pulling images needs a login. */
  readonly pullCredentials: boolean;
}

export function surroundings(
  { registry, registries = {}, cache, tools }: Pick<Config, 'registry' | 'registries' | 'cache' | 'tools'>,
  secrets: Partial<Secrets>,
  cloneNeeds?: CloneNeedsOf,
): Surroundings {
  return {
    registry,
    tools,
    outside: Object.fromEntries(Object.entries(registries).map(([name, registry]) => [name, accessTo(registry, certificateFile(name))])),
    pullCredentials: hasPullLogins(secrets),
    ...(cache ? { cache } : {}),
    ...(cloneNeeds && { cloneNeeds }),
  };
}

function accessTo(registry: ExternalRegistry, file: string): RegistryAccess {
  return { push: registry.push, plain: isPlain(registry), certificates: registry.ca ? file : '' };
}

/** Whether nodes get credentials for pulling images. */
export function hasPullLogins({ registryPassword, imagePullConfig }: Partial<Secrets>): boolean {
  return registryPassword !== undefined || imagePullConfig !== undefined;
}

/** Template values for the images that coxswain itself configures, and for the Secret to pull them. */
export function toolValues({ tools, pullCredentials }: Pick<Surroundings, 'tools' | 'pullCredentials'>): Record<string, unknown> {
  const named = Object.entries(tools).map(([name, image]) => [name.charAt(0).toUpperCase() + name.slice(1), image]);
  return { Tools: Object.fromEntries(named), PullSecret: pullCredentials ? names.pull : '' };
}

/**
 * The tag under which a stage of this run pushes: derived from the uid, so that nobody else's push is mistaken for ours. An image of the
 * release has the version as its tag.
 */
export function tagOf(run: Run, stage: Stage): string {
  return isReleaseImage(run, stage) && run.release ? imageTag(run.release.version) : `cox-${run.uid}-${stage.name}`;
}

/** The newest image that an earlier stage has built. Images of a release do not count: they are built concurrently. */
function imageBefore(run: Run, stage: Stage): BuiltImage | undefined {
  const index = run.stages.findIndex((one) => one.name === stage.name);
  const before = isReleaseImage(run, stage) ? run.stages : run.stages.slice(0, index);
  return before.findLast(({ image }) => image)?.image;
}

/**
 * The values that a job template may use, as `.Run.ID`, `.Stage.GPUs` and so on.
 * @throws UserError if a test stage has no image to test.
 */
export function stageValues(run: Run, repository: Repository, stage: Stage, around: Surroundings): Record<string, unknown> {
  return {
    Run: {
      ID: run.id,
      UID: run.uid,
      Namespace: run.namespace,
      Branch: run.branch,
      BranchSlug: branchSlug(run.branch),
      Commit: run.commit.sha,
      Repository: run.repository,
    },
    Stage: {
      Name: stage.name,
      Kind: stage.kind,
      Attempt: attemptAt(run, stage.name),
      TimeoutSeconds: Math.ceil(stage.timeout / 1000),
      GPUs: stage.kind === 'test' ? stage.gpus : 0,
      Command: stage.kind === 'test' ? [...stage.command] : [],
      Dockerfile: stage.kind === 'image' ? stage.dockerfile : '',
      Context: stage.kind === 'image' ? stage.context : '',
      Push: stage.kind === 'image' ? (stage.push ?? 'direct') : '',
    },
    Image: stage.kind === 'image' ? { Repository: stage.repository, Tag: tagOf(run, stage) } : imageValues(run, stage, around.registry),
    ...(isReleaseImage(run, stage) && testedValues(run, stage, around.registry)),
    Registry: { ...registryValues(stage, around), Pull: around.registry.pull },
    Cache: around.cache ?? '',
    Git: gitValues(repository.clone, around.cloneNeeds?.(repository.clone)),
    RegistrySecret: isReleaseImage(run, stage) ? names.releaseRegistry : names.registry,
    ...toolValues(around),
    Workspace: { Claim: names.workspace },
    Values: stage.values,
    Version: run.version ?? '',
    duat: duatValues(run, repository),
  };
}

/** An SSH key has a name of its own, so a template without SSH support sees an empty `Secret`. */
function gitValues(clone: string, { login, authorities }: CloneNeeds = {}): Record<string, string> {
  return {
    URL: clone,
    Secret: login === 'basic' ? names.git : '',
    KeySecret: login === 'ssh' ? names.git : '',
    AuthoritiesSecret: authorities ? names.git : '',
  };
}

/** Values for templates that were written for `stencil` (https://github.com/karlmutch/duat), about the watched repository. */
function duatValues(run: Run, repository: Repository): Record<string, string> {
  return {
    version: run.version ?? '',
    module: repository.name.toLowerCase().replace(/[^a-z0-9-]+/g, '-'),
    gitHash: run.commit.sha,
    gitBranch: run.branch,
    gitTag: run.tag ?? '',
    gitURL: repository.clone,
  };
}

function imageValues(run: Run, stage: Stage, registry: RegistryAddresses): Record<string, string> {
  const image = imageBefore(run, stage);
  if (!image) throw new UserError(`stage ${stage.name} has no image to test: no earlier stage of this run has built one`);
  return {
    Repository: image.repository,
    Tag: image.tag,
    Digest: image.digest,
    Ref: `${registry.pull}/${image.repository}@${image.digest}`,
  };
}

/** The image that a release image may be based on, with the address that pods use. By digest: a tag can be moved to an untested image. */
function testedValues(run: Run, stage: Stage, registry: RegistryAddresses): Record<string, unknown> {
  const image = imageBefore(run, stage);
  if (!image) return {};
  const { repository, tag, digest } = image;
  const own = accessTo(registry, certificateFile());
  return {
    Tested: { Repository: repository, Tag: tag, Digest: digest, Ref: `${registry.push}/${repository}@${digest}`, ...accessValues(own) },
  };
}

function registryValues(stage: Stage, { outside, registry }: Surroundings): Record<string, unknown> {
  return accessValues(outside[registryName(stage) ?? ''] ?? accessTo(registry, certificateFile()));
}

function accessValues({ push, plain, certificates }: RegistryAccess): Record<string, unknown> {
  return { Push: push, Plain: plain, Certificates: certificates };
}

/** The name in the configuration of the registry that a release image is pushed to; undefined: the cluster's own registry. */
export function registryName(stage: object): string | undefined {
  return 'registry' in stage ? (stage as ReleaseImage).registry : undefined;
}
