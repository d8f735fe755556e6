/** Pulling an image over the Docker Registry HTTP API v2 (distribution spec): manifest, configuration, layers. */
import { createHash } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageName } from './image-name.ts';
import { unpackLayer } from './unpack.ts';

/** What an image says about how to run it (OCI image-spec, config.md). */
export interface ImageConfig {
  Entrypoint?: string[] | null;
  Cmd?: string[] | null;
  Env?: string[] | null;
  WorkingDir?: string;
}

export interface Image {
  /** Where its files lie unpacked; undefined for a played image, which has none. */
  folder: string | undefined;
  config: ImageConfig;
  imageId: string;
  size: number;
}

interface Descriptor {
  digest: string;
  size: number;
  mediaType?: string;
  platform?: { os?: string; architecture?: string };
}

interface Manifest {
  config?: Descriptor;
  layers?: Descriptor[];
  manifests?: Descriptor[];
}

const accepted = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
].join(', ');

const timeout = 30_000;
const unknown = 'rpc error: code = Unknown desc =';

/** Pulls `name` from the registry at `base` into `folder`; an image that lies there already is not unpacked again. */
export async function pullImage(name: ImageName, base: string, folder: string): Promise<Image> {
  const { digest, manifest } = await fetchManifest(name, base, name.reference);
  const { config, layers = [] } = manifest;
  if (!config) throw new Error(`${unknown} failed to pull and unpack image "${name.full}": the manifest ${digest} names no configuration`);
  const imageConfig = JSON.parse((await fetchBlob(name, base, config)).toString()) as { config?: ImageConfig };
  const unpacked = join(folder, digest.replace(':', '-'));
  await once(unpacked, async (into) => {
    for (const layer of layers) await unpackLayer(await fetchBlob(name, base, layer), into);
  });
  const size = layers.reduce((sum, layer) => sum + layer.size, config.size);
  return { folder: unpacked, config: imageConfig.config ?? {}, imageId: `${name.host}/${name.repository}@${digest}`, size };
}

const underWay = new Map<string, Promise<void>>();

// Unpacked beside and renamed, so that a half-unpacked image is never taken for a whole one.
async function once(target: string, fill: (into: string) => Promise<void>): Promise<void> {
  const present = underWay.get(target);
  if (present) return present;
  const work = (async () => {
    const beside = `${target}.partial`;
    await rm(beside, { recursive: true, force: true });
    await mkdir(beside, { recursive: true });
    await fill(beside);
    await rm(target, { recursive: true, force: true });
    await rename(beside, target);
  })();
  underWay.set(target, work);
  await work.catch((error: unknown) => {
    underWay.delete(target);
    throw error;
  });
}

async function fetchManifest(name: ImageName, base: string, reference: string): Promise<{ digest: string; manifest: Manifest }> {
  const url = `${base.replace(/\/$/, '')}/v2/${name.repository}/manifests/${reference}`;
  const response = await ask(name, url, { accept: accepted });
  const text = Buffer.from(await response.arrayBuffer());
  const manifest = JSON.parse(text.toString()) as Manifest;
  const linux = manifest.manifests?.find(({ platform }) => platform?.os === 'linux') ?? manifest.manifests?.[0];
  if (linux) return fetchManifest(name, base, linux.digest);
  return { digest: `sha256:${createHash('sha256').update(text).digest('hex')}`, manifest };
}

async function fetchBlob(name: ImageName, base: string, { digest }: Descriptor): Promise<Buffer> {
  const response = await ask(name, `${base.replace(/\/$/, '')}/v2/${name.repository}/blobs/${digest}`, {});
  const blob = Buffer.from(await response.arrayBuffer());
  const found = `sha256:${createHash('sha256').update(blob).digest('hex')}`;
  if (found !== digest)
    throw new Error(`${unknown} failed to pull and unpack image "${name.full}": unexpected digest ${found}, expected ${digest}`);
  return blob;
}

async function ask(name: ImageName, url: string, headers: Record<string, string>): Promise<Response> {
  const failed = `failed to pull and unpack image "${name.full}"`;
  const resolving = `${failed}: failed to resolve reference "${name.full}"`;
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(timeout) }).catch((error: Error) => {
    const cause = error.cause as Error | undefined;
    throw new Error(`${unknown} ${resolving}: failed to do request: Head "${url}": ${cause?.message ?? error.message}`);
  });
  if (response.status === 404) throw new Error(`rpc error: code = NotFound desc = ${resolving}: ${name.full}: not found`);
  if (!response.ok)
    throw new Error(`${unknown} ${resolving}: unexpected status from HEAD request to ${url}: ${response.status} ${response.statusText}`);
  return response;
}
