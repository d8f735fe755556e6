import { z } from 'zod';
import { HalfAnswer, jsonAnswer, wholeAnswer } from '../http/half-answer.ts';

/** The size and parts (digests) of an image manifest, or the manifest to which an index refers. */
export type ManifestContent =
  | { readonly kind: 'image'; readonly bytes: number; readonly config: string; readonly layers: readonly string[] }
  /** An index: the digest of the image for Linux on amd64, or of the first one. */
  | { readonly kind: 'index'; readonly digest: string | undefined };

/** Docker schema 2 and OCI, one image or a list of them. */
export const manifestTypes = [
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.index.v1+json',
].join(', ');

/** Whatever can have a tag: some registries answer 404 for a manifest of a type that was not asked for. */
export const anyManifestTypes = [
  manifestTypes,
  'application/vnd.oci.artifact.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v1+prettyjws',
  'application/vnd.docker.distribution.manifest.v1+json',
  'application/json',
  '*/*',
].join(', ');

/** https://github.com/opencontainers/image-spec/blob/main/descriptor.md; the algorithms that it registers have their lengths. */
const digest = z.string().regex(/^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}|(?!sha(?:256|512):)[a-z0-9+._-]+:[\w=-]{32,})$/);
const descriptor = z.object({ digest, size: z.number().int().nonnegative() });
const image = z.object({ config: descriptor, layers: z.array(descriptor) });
const platform = z.object({ os: z.string(), architecture: z.string() });
const index = z.object({ manifests: z.array(z.object({ digest, platform: platform.optional() })) });

/** Which manifest of which registry is read, for messages. */
interface Place {
  readonly host: string;
  readonly about: string;
}

/** Undefined if it is a manifest of another kind: schema 1, an artifact. @throws HalfAnswer if it is none, or not a whole one */
export function readManifest(text: string, place: Place): ManifestContent | undefined {
  const found = jsonAnswer(text, place);
  if (typeof found !== 'object' || found === null || Array.isArray(found))
    throw new HalfAnswer(place.host, place.about, 'it is no manifest');
  if ('manifests' in found) return { kind: 'index', digest: mainImage(wholeAnswer(index, found, place).manifests) };
  if (isOtherKind(found)) return undefined;
  const { config, layers } = wholeAnswer(image, found, place);
  const bytes = layers.reduce((sum, { size }) => sum + size, config.size);
  return { kind: 'image', bytes, config: config.digest, layers: layers.map((layer) => layer.digest) };
}

/** Schema 1 lists its layers as `fsLayers`, an OCI artifact has `blobs`; both lack what every image has. */
function isOtherKind(found: object): boolean {
  return 'fsLayers' in found || ('blobs' in found && !('layers' in found));
}

function mainImage(manifests: z.infer<typeof index>['manifests']): string | undefined {
  // Attestations are listed in an index as images of an unknown platform.
  const images = manifests.filter((one) => one.platform?.os !== 'unknown');
  const main = images.find((one) => one.platform?.os === 'linux' && one.platform.architecture === 'amd64') ?? images[0];
  return main?.digest;
}
