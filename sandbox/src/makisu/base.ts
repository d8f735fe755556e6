import type { Committed } from './cache.ts';
import { type ContainerConfig, emptyConfig } from './config.ts';
import { type Log, secondsSince } from './log.ts';
import { fullName, type ImageName, imageNameForPull, isScratch } from './names.ts';
import type { Remote } from './remote.ts';
import { within } from './within.ts';

/** What a build begins with: the layers of the image that FROM names, in their order, and its configuration. */
export interface Base {
  readonly layers: readonly Committed[];
  readonly config: ContainerConfig;
}

interface ImageConfig {
  readonly config?: ContainerConfig;
  readonly rootfs?: { readonly diff_ids?: readonly string[] };
}

const nothing: Base = { layers: [], config: emptyConfig() };

/**
 * Pulls a base image from a registry that stands in for its own one. Any other is taken as an empty one, and so is one that such a registry does
 * not have under a tag. Who names a digest means that very image: where that is missing the build ends, as the real one does.
 */
export async function pullBase(image: string, remoteFor: (name: ImageName) => Remote | undefined, log: Log): Promise<Base> {
  if (isScratch(image)) {
    log.info('Scratch base image detected');
    return nothing;
  }
  const start = performance.now();
  const name = imageNameForPull(image);
  const shown = `${name.registry}/${name.repository}:${name.tag}`;
  log.info(`* Started pulling image ${shown}`);
  const remote = remoteFor(name);
  const base = remote && (await within(`get manifest: pull image ${fullName(name)}`, () => pulled(name, remote)));
  if (!base) log.info('not pulled here: it is in no registry of the sandbox, which takes it as an empty image');
  log.info(`* Pulled image ${shown}`, { duration: secondsSince(start) });
  for (const { digest } of base?.layers ?? []) log.info(`* Processing FROM layer ${digest.replace('sha256:', '')}`);
  return base ?? nothing;
}

async function pulled({ tag }: ImageName, remote: Remote): Promise<Base | undefined> {
  const manifest = await remote.pullManifest(tag);
  if (!manifest && tag.includes(':')) throw new Error('pull manifest: manifest not found');
  if (!manifest) return undefined;
  const parts = [manifest.config, ...manifest.layers].map(({ digest }) => within(`pull layer ${digest}`, () => remote.pullLayer(digest)));
  const [configBytes = Buffer.of(), ...contents] = await Promise.all(parts);
  const { config = emptyConfig(), rootfs } = JSON.parse(configBytes.toString('utf8')) as ImageConfig;
  const tarDigests = rootfs?.diff_ids ?? [];
  if (tarDigests.length !== contents.length) throw new Error("layer digests and descriptors count doesn't match: %!s(<nil>)");
  const layers = contents.map((bytes, at) => ({ tarDigest: tarDigests[at] ?? '', digest: manifest.layers[at]?.digest ?? '', bytes }));
  return { layers, config };
}
