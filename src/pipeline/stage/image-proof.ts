import type { PodView } from '../../core/cluster.ts';
import type { ImageStatements, PushedImage } from '../../core/logs.ts';

/** What the registry has under a tag. */
export interface Manifest {
  readonly digest: string;
  readonly bytes: number;
  /** Digest of the configuration; absent: it is an index, of several images. */
  readonly config?: string;
  readonly layers?: readonly string[];
}

/** `unsaid`: the builder has not named its image; `other`: it has, and this is another one. */
export interface ImageDoubt {
  readonly kind: 'unsaid' | 'other';
  readonly why: string;
}

/**
 * Why the image under the tag of a build may not be the one that the build has pushed; undefined: it certainly is. Whoever can write to the registry can
 * put another one under any tag, so only what the builder itself has said counts. All of its statements must fit.
 */
export function doubtAbout(manifest: Manifest, { pushed, messages }: ImageStatements): ImageDoubt | undefined {
  if (pushed.length + messages.length === 0)
    return { kind: 'unsaid', why: 'neither its log nor its termination message names what it has pushed' };
  for (const image of pushed) {
    const why = differsFrom(manifest, image);
    if (why) return { kind: 'other', why };
  }
  const strange = messages.find((digest) => digest !== manifest.digest && digest !== manifest.config);
  if (strange) return { kind: 'other', why: `the build names ${short(strange)}, and under the tag lies ${short(manifest.digest)}` };
  return undefined;
}

/** Layers too: a manifest with the right configuration may name others. */
function differsFrom({ digest, config, layers = [] }: Manifest, pushed: PushedImage): string | undefined {
  if (config === undefined) return `the build has pushed one image, and under the tag lies an index of several, ${short(digest)}`;
  if (config !== pushed.config)
    return `the build has pushed the configuration ${short(pushed.config)}, and under the tag lies ${short(digest)} with ${short(config)}`;
  const [there, said] = [new Set(layers), new Set(pushed.layers)];
  const isSame = there.size === said.size && [...there].every((layer) => said.has(layer));
  return isSame ? undefined : `${short(digest)} has its configuration and other layers`;
}

function short(digest: string): string {
  return digest.slice(0, 19);
}

/** The digests that containers gave as their termination message: a message that is nothing but one `sha256:…`, of a manifest or a configuration. */
export function messagesOf(pods: readonly PodView[]): string[] {
  const ends = pods.flatMap(({ containers }) => containers.filter(({ init, state }) => !init && state === 'terminated'));
  return ends.map(({ message = '' }) => message.trim()).filter((message) => /^sha256:[0-9a-f]{64}$/.test(message));
}
