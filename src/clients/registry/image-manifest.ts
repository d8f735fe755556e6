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

interface Descriptor {
  readonly digest?: unknown;
  readonly size?: unknown;
  readonly platform?: { readonly os?: unknown; readonly architecture?: unknown };
}

/** Undefined if the text is not a manifest. */
export function readManifest(text: string): ManifestContent | undefined {
  const found = objectIn(text);
  if (Array.isArray(found?.manifests)) return { kind: 'index', digest: mainImage(found.manifests) };
  if (!Array.isArray(found?.layers)) return undefined;
  const parts: unknown[] = [found.config, ...found.layers];
  const bytes = parts.reduce<number>((sum, part) => sum + sizeOf(part), 0);
  return { kind: 'image', bytes, config: digestOf(found.config), layers: found.layers.map(digestOf) };
}

function mainImage(manifests: readonly Descriptor[]): string | undefined {
  // Attestations are listed in an index as images of an unknown platform.
  const images = manifests.filter(({ platform }) => platform?.os !== 'unknown');
  const main = images.find(({ platform }) => platform?.os === 'linux' && platform.architecture === 'amd64') ?? images[0];
  return typeof main?.digest === 'string' ? main.digest : undefined;
}

function digestOf(part: unknown): string {
  const digest = typeof part === 'object' && part !== null ? (part as Descriptor).digest : undefined;
  return typeof digest === 'string' ? digest : '';
}

function sizeOf(part: unknown): number {
  const size = typeof part === 'object' && part !== null ? (part as Descriptor).size : undefined;
  return typeof size === 'number' && Number.isSafeInteger(size) && size >= 0 ? size : 0;
}

function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const found: unknown = JSON.parse(text);
    return typeof found === 'object' && found !== null ? (found as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
