import { blobSize } from './blobs.ts';
import { RegistryError } from './errors.ts';
import { answer, bodyOf, type Call } from './http.ts';
import type { ManifestBody, StoredManifest } from './manifest-body.ts';
import { algorithmOf, hexOf, isDigest, reference } from './names.ts';
import { refersNoMore, refersTo } from './referrers.ts';
import { bytesOf, digestOfBytes, namesIn, removed, type Store, sizeOf, textOf } from './store.ts';

const images = ['application/vnd.docker.distribution.manifest.v2+json', 'application/vnd.oci.image.manifest.v1+json'];
const indexes = ['application/vnd.docker.distribution.manifest.list.v2+json', 'application/vnd.oci.image.index.v1+json'];
const sizeLimit = 4 << 20;

/** Layers that lie elsewhere, as their licence wants it: they need not be here. */
const elsewhere = /\.(?:nondistributable|foreign)\./;

/** HEAD, GET, PUT and DELETE of /v2/<name>/manifests/<tag or digest>. */
export async function manifest(call: Call, repository: string, ref: string): Promise<void> {
  if (call.method === 'PUT') return put(call, repository, reference(ref));
  const found = await findManifest(call.store, repository, reference(ref));
  if (found === undefined) throw new RegistryError('MANIFEST_UNKNOWN', { name: repository, reference: ref });
  if (call.method === 'DELETE') return remove(call, repository, ref);
  if (call.method !== 'HEAD' && call.method !== 'GET') throw new RegistryError('UNSUPPORTED');
  const shown = isDigest(ref) ? found : asAccepted(found, call.request.headers.accept ?? '', repository, ref);
  const headers = { 'Content-Type': shown.mediaType, 'Docker-Content-Digest': shown.digest, ETag: `"${shown.digest}"` };
  answer(call, 200, headers, shown.bytes);
}

export async function findManifest(store: Store, repository: string, ref: string): Promise<StoredManifest | undefined> {
  const digest = isDigest(ref) ? ref : await textOf(store.repositoryPath(repository, '_tags', ref));
  if (digest === undefined) return undefined;
  const mediaType = await textOf(store.repositoryPath(repository, '_manifests', hexOf(digest)));
  const bytes = mediaType === undefined ? undefined : await bytesOf(store.blobPath(digest));
  return mediaType === undefined || bytes === undefined ? undefined : { digest, mediaType, bytes };
}

/**
 * A manifest by tag as registries of version 2 give it: who does not name Docker's schema 2 in Accept gets schema 1, under another
 * digest, and who does not name an OCI type is told that there is nothing.
 */
function asAccepted(found: StoredManifest, accept: string, repository: string, tag: string): StoredManifest {
  const named = accept.split(',').map((type) => type.split(';')[0]?.trim());
  if (named.includes(found.mediaType)) return found;
  if (found.mediaType.includes('.oci.')) {
    throw new RegistryError(
      'MANIFEST_UNKNOWN',
      { accept, mediaType: found.mediaType },
      'OCI manifest found, but accept header does not support OCI manifests',
    );
  }
  const { layers = [] } = JSON.parse(found.bytes.toString('utf8')) as ManifestBody;
  const fsLayers = layers.map(({ digest }) => ({ blobSum: digest })).reverse();
  const bytes = Buffer.from(
    JSON.stringify({ schemaVersion: 1, name: repository, tag, architecture: 'amd64', fsLayers, history: [] }, null, 3),
  );
  return { digest: digestOfBytes(bytes), mediaType: 'application/vnd.docker.distribution.manifest.v1+prettyjws', bytes };
}

async function put(call: Call, repository: string, ref: string): Promise<void> {
  const bytes = await bodyOf(call.request, sizeLimit);
  if (bytes === undefined) throw new RegistryError('SIZE_INVALID', { limit: sizeLimit }, 'manifest is too long');
  const { body, mediaType } = parsed(bytes, call.request.headers['content-type']);
  await checkParts(call.store, repository, body, mediaType);
  const digest = digestOfBytes(bytes, algorithmOf(ref));
  if (isDigest(ref) && ref !== digest) throw new RegistryError('DIGEST_INVALID', { digest: ref, found: digest });
  await call.store.put(call.store.blobPath(digest), bytes);
  await call.store.put(call.store.repositoryPath(repository, '_manifests', hexOf(digest)), mediaType);
  if (!isDigest(ref)) await call.store.put(call.store.repositoryPath(repository, '_tags', ref), digest);
  const subject = await refersTo(call.store, repository, body, digest);
  answer(call, 201, {
    Location: `${call.origin}/v2/${repository}/manifests/${digest}`,
    'Docker-Content-Digest': digest,
    ...(subject && { 'OCI-Subject': subject }),
  });
}

function parsed(bytes: Buffer, contentType: string | undefined): { body: ManifestBody; mediaType: string } {
  const mediaType = contentType?.split(';')[0]?.trim() ?? '';
  if (![...images, ...indexes].includes(mediaType))
    throw new RegistryError('MANIFEST_INVALID', { contentType }, `unknown media type ${contentType}`);
  let body: ManifestBody | null;
  try {
    body = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new RegistryError('MANIFEST_INVALID', { reason: String(error) });
  }
  if (body === null || typeof body !== 'object' || body.schemaVersion !== 2)
    throw new RegistryError('MANIFEST_INVALID', { reason: 'schemaVersion is not 2' });
  if (body.mediaType !== undefined && body.mediaType !== mediaType) {
    throw new RegistryError('MANIFEST_INVALID', { reason: `mediaType is ${body.mediaType}, Content-Type is ${mediaType}` });
  }
  return { body, mediaType };
}

/** Everything that a manifest names must be there before it. */
async function checkParts(store: Store, repository: string, body: ManifestBody, mediaType: string): Promise<void> {
  const isIndex = indexes.includes(mediaType);
  const parts = isIndex ? body.manifests : body.config && body.layers && [body.config, ...body.layers];
  if (parts === undefined) throw new RegistryError('MANIFEST_INVALID', { reason: isIndex ? 'no manifests' : 'no config or no layers' });
  for (const { digest = '', mediaType: kind = '' } of parts) {
    if (!isIndex && elsewhere.test(kind)) continue;
    if (!isDigest(digest)) throw new RegistryError('MANIFEST_INVALID', { reason: `not a digest: ${digest}` });
    const size = isIndex
      ? await sizeOf(store.repositoryPath(repository, '_manifests', hexOf(digest)))
      : await blobSize(store, repository, digest);
    if (size === undefined) throw new RegistryError('MANIFEST_BLOB_UNKNOWN', { digest });
  }
}

/** A tag alone, or by its digest a manifest with all its tags. */
async function remove(call: Call, repository: string, ref: string): Promise<void> {
  const { store } = call;
  if (isDigest(ref)) await removeWhole(store, repository, ref);
  else await removed(store.repositoryPath(repository, '_tags', ref));
  answer(call, 202);
}

async function removeWhole(store: Store, repository: string, digest: string): Promise<void> {
  const found = await findManifest(store, repository, digest);
  if (found) await refersNoMore(store, repository, found);
  await removed(store.repositoryPath(repository, '_manifests', hexOf(digest)));
  for (const tag of await namesIn(store.repositoryPath(repository, '_tags'))) {
    const path = store.repositoryPath(repository, '_tags', tag);
    if ((await textOf(path)) === digest) await removed(path);
  }
}
