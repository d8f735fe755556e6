import { RegistryError } from './errors.ts';
import { answerJson, type Call } from './http.ts';
import type { ManifestBody, StoredManifest } from './manifest-body.ts';
import { digestOf, digestOfHex, hexOf, isDigest } from './names.ts';
import { bytesOf, namesIn, removed, type Store, textOf } from './store.ts';

const index = 'application/vnd.oci.image.index.v1+json';

/** Remembers to which manifest another one refers, whether that is there or not; its digest, undefined where it refers to none. */
export async function refersTo(store: Store, repository: string, { subject }: ManifestBody, digest: string): Promise<string | undefined> {
  if (subject?.digest === undefined) return undefined;
  if (!isDigest(subject.digest)) throw new RegistryError('MANIFEST_INVALID', { reason: `not a digest: ${subject.digest}` });
  await store.put(pathOf(store, repository, subject.digest, digest), '');
  return subject.digest;
}

export async function refersNoMore(store: Store, repository: string, { bytes, digest }: StoredManifest): Promise<void> {
  const { subject } = JSON.parse(bytes.toString('utf8')) as ManifestBody;
  if (subject?.digest !== undefined) await removed(pathOf(store, repository, subject.digest, digest));
}

const pathOf = (store: Store, repository: string, subject: string, digest: string): string =>
  store.repositoryPath(repository, '_referrers', hexOf(subject), hexOf(digest));

/** GET of /v2/<name>/referrers/<digest>: an index of what refers to it, which may be none. */
export async function referrers(call: Call, repository: string, subject: string): Promise<void> {
  if (call.method !== 'GET' && call.method !== 'HEAD') throw new RegistryError('UNSUPPORTED');
  const { store } = call;
  const wanted = call.query.get('artifactType');
  const manifests: Entry[] = [];
  for (const hex of await namesIn(store.repositoryPath(repository, '_referrers', hexOf(digestOf(subject))))) {
    const entry = await entryOf(store, repository, digestOfHex(hex));
    if (entry && (wanted === null || entry.artifactType === wanted)) manifests.push(entry);
  }
  const headers = { 'Content-Type': index, ...(wanted !== null && { 'OCI-Filters-Applied': 'artifactType' }) };
  answerJson(call, 200, { schemaVersion: 2, mediaType: index, manifests }, headers);
}

interface Entry {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The kind of an artifact is that of its configuration where it does not say it itself. */
async function entryOf(store: Store, repository: string, digest: string): Promise<Entry | undefined> {
  const mediaType = await textOf(store.repositoryPath(repository, '_manifests', hexOf(digest)));
  const bytes = mediaType === undefined ? undefined : await bytesOf(store.blobPath(digest));
  if (mediaType === undefined || bytes === undefined) return undefined;
  const { artifactType: own, annotations, config } = JSON.parse(bytes.toString('utf8')) as ManifestBody;
  const artifactType = own || config?.mediaType;
  return { mediaType, digest, size: bytes.length, ...(artifactType && { artifactType }), ...(annotations && { annotations }) };
}
