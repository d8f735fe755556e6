import type { PodView } from '../../core/cluster.ts';
import type { ImageStage, ReleaseImage } from '../../core/config.ts';
import { AccessRefused, messageOf, UserError } from '../../core/errors.ts';
import type { Cause, ImageStatements, PushedImage } from '../../core/logs.ts';
import type { Run } from '../../core/run/run.ts';
import type { BuiltImage, StageRun } from '../../core/run/stage-run.ts';
import { doubtfulImage, type ImageDoubt, noImage, otherThanTested } from './reasons.ts';
import { registryName, tagOf } from './stage-values.ts';

/** What the registry has under a tag. */
export interface Manifest {
  readonly digest: string;
  readonly bytes: number;
  /** Digest of the image configuration; absent for an index of several images. */
  readonly config?: string;
  readonly layers?: readonly string[];
}

/** What verifying an image needs from the registry. */
export interface Manifests {
  /** `outside`: name of a registry in the configuration; absent: the cluster's own. */
  manifest(repository: string, reference: string, outside?: string): Promise<Manifest | undefined>;
}

/** What is known about the image that a Job has pushed. */
export interface ImageClaims extends ImageStatements {
  /** The digest that it must have, by the annotation of its Job: it is a copy, and needs no statement of a builder. */
  readonly expected?: string | undefined;
}

const unsaid = 'neither its log nor its termination message names what it pushed';

/** How long the registry may take to show what was pushed, if it answers … */
const registryPatienceMs = 60_000;
/** … and if it does not: a finished build is worth waiting for. */
const registryOutageMs = 3_600_000;
/** It is queried again after this time. */
export const registryPauseMs = 1_000;

/**
 * The image of a successful build, or why no image can be verified as its own.
 * @param said what the builder reported about it
 * @param waited milliseconds since the build ended
 * @throws if the registry is unavailable at present
 */
export async function imageOf(
  registry: Manifests,
  run: Run,
  stage: ImageStage,
  said: ImageClaims,
  waited: number,
): Promise<BuiltImage | Cause | 'not yet'> {
  const found = await imageNow(registry, run, stage, said, waited);
  return 'digest' in found || waited >= registryPatienceMs ? found : 'not yet';
}

async function imageNow(registry: Manifests, run: Run, stage: ImageStage, said: ImageClaims, waited: number): Promise<BuiltImage | Cause> {
  const { repository } = stage;
  const tag = tagOf(run, stage);
  try {
    const manifest = await registry.manifest(repository, tag, registryName(stage));
    if (!manifest) return noImage(`${repository}:${tag} does not exist`, registryName(stage));
    const { digest, bytes } = manifest;
    if (said.expected !== undefined && digest !== said.expected) return otherThanTested(`${repository}:${tag}`, digest, said.expected);
    const doubt = said.expected === undefined ? doubtAbout(manifest, said) : undefined;
    return doubt ? doubtfulImage(`${repository}:${tag}`, doubt) : { repository, tag, digest, bytes };
  } catch (error) {
    if (error instanceof AccessRefused && 'unreadable' in stage && (stage as ReleaseImage).unreadable === 'push')
      return unseenImage(repository, tag, said);
    if (waited < (error instanceof UserError ? registryPatienceMs : registryOutageMs)) throw error;
    return noImage(messageOf(error), registryName(stage));
  }
}

/** The image of a registry that lets nobody read: only its builder can say what was pushed. */
function unseenImage(repository: string, tag: string, { expected, pushed, messages }: ImageClaims): BuiltImage | Cause {
  const digest = expected ?? messages[0] ?? pushed[0]?.config;
  if (digest === undefined) return doubtfulImage(`${repository}:${tag}`, { kind: 'unsaid', why: unsaid });
  return { repository, tag, digest, unseen: true };
}

/** What a builder has reported about its image. Its pods may be gone by now: then the saved statements are used. */
export function statements(
  pushed: readonly PushedImage[],
  pods: readonly PodView[],
  { statements: before }: Pick<StageRun, 'statements'>,
): ImageStatements {
  const now = { pushed, messages: messagesOf(pods) };
  return now.pushed.length + now.messages.length > 0 ? now : (before ?? now);
}

/**
 * Why the image under the tag of a build may not be the one that the build pushed; undefined if it certainly is. Anyone with write access
 * to the registry can move any tag, so only the builder's own statements count. All of them must match.
 */
export function doubtAbout(manifest: Manifest, { pushed, messages }: ImageStatements): ImageDoubt | undefined {
  if (pushed.length + messages.length === 0) return { kind: 'unsaid', why: unsaid };
  for (const image of pushed) {
    const why = differsFrom(manifest, image);
    if (why) return { kind: 'other', why };
  }
  const strange = messages.find((digest) => digest !== manifest.digest && digest !== manifest.config);
  if (strange) return { kind: 'other', why: `the build names ${short(strange)}, but the tag is ${short(manifest.digest)}` };
  return undefined;
}

/** Compares the layers too: a manifest with the right configuration may name others. */
function differsFrom({ digest, config, layers = [] }: Manifest, pushed: PushedImage): string | undefined {
  if (config === undefined) return `the build pushed one image, but the tag is an index of several, ${short(digest)}`;
  if (config !== pushed.config)
    return `the build pushed the configuration ${short(pushed.config)}, but the tag is ${short(digest)} with ${short(config)}`;
  const [there, said] = [new Set(layers), new Set(pushed.layers)];
  const isSame = there.size === said.size && [...there].every((layer) => said.has(layer));
  return isSame ? undefined : `${short(digest)} has its configuration but other layers`;
}

function short(digest: string): string {
  return digest.slice(0, 19);
}

/** The digests in the containers' termination messages: a message that is exactly one `sha256:…`, of a manifest or a configuration. */
export function messagesOf(pods: readonly PodView[]): string[] {
  const ends = pods.flatMap(({ containers }) => containers.filter(({ init, state }) => !init && state === 'terminated'));
  return ends.map(({ message = '' }) => message.trim()).filter((message) => /^sha256:[0-9a-f]{64}$/.test(message));
}
