import { digestOf, type Place, type RawManifest } from './place.ts';

export interface CopyOptions {
  readonly all: boolean;
  readonly log: (line: string) => void;
}

interface Descriptor {
  readonly digest: string;
  readonly platform?: { readonly os?: string; readonly architecture?: string };
}

interface Content {
  readonly manifests?: readonly Descriptor[];
  readonly config?: Descriptor;
  readonly layers?: readonly Descriptor[];
}

interface Between {
  readonly from: Place;
  readonly to: Place;
  readonly log: (line: string) => void;
}

/** Copies the image, or with `all` an index and all of its images; gives the digest of what is there afterwards. */
export async function copyImage(from: Place, to: Place, { all, log }: CopyOptions): Promise<string> {
  const between = { from, to, log };
  const manifest = await from.manifest();
  const { manifests } = contentOf(manifest);
  if (!manifests) return copyOne(between, manifest);
  if (!all) {
    const chosen = manifests.find(({ platform }) => platform?.os === 'linux' && platform.architecture === 'amd64') ?? manifests[0];
    return copyOne(between, await from.manifest(chosen?.digest));
  }
  log('Getting image list signatures');
  log(`Copying ${manifests.length} of ${manifests.length} images in list`);
  for (const [index, { digest }] of manifests.entries()) {
    const place = `${index + 1}/${manifests.length}`;
    log(`Copying image ${digest} (${place})`);
    try {
      await copyOne(between, await from.manifest(digest), digest);
    } catch (error) {
      throw new Error(`copying image ${place} from manifest list: ${(error as Error).message}`);
    }
  }
  log('Writing manifest list to image destination');
  await to.putManifest(manifest);
  log('Storing list signatures');
  return digestOf(manifest.body);
}

/** @param digest of an image in an index; absent: it gets the tag */
async function copyOne({ from, to, log }: Between, manifest: RawManifest, digest?: string): Promise<string> {
  const { config, layers = [] } = contentOf(manifest);
  if (!config) throw new Error(`unsupported manifest type ${manifest.mediaType}`);
  log('Getting image source signatures');
  for (const layer of new Set(layers.map((one) => one.digest))) {
    const isThere = await to.has(layer);
    log(`Copying blob ${layer}${isThere ? ' skipped: already exists' : ''}`);
    if (!isThere) await to.putBlob(layer, await from.blob(layer));
  }
  log(`Copying config ${config.digest}`);
  if (!(await to.has(config.digest))) await to.putBlob(config.digest, await from.blob(config.digest));
  log('Writing manifest to image destination');
  await to.putManifest(manifest, digest);
  log('Storing signatures');
  return digestOf(manifest.body);
}

function contentOf({ body }: RawManifest): Content {
  return JSON.parse(body.toString('utf8')) as Content;
}
