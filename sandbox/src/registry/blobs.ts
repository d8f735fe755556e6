import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { RegistryError } from './errors.ts';
import { answer, type Call } from './http.ts';
import { algorithmOf, digestOf, hexOf, isDigest, repositoryName } from './names.ts';
import { digestOfFile, removed, type Store, sizeOf } from './store.ts';

const octets = 'application/octet-stream';

/** The size of a blob that the repository has, undefined where it has not. */
export async function blobSize(store: Store, repository: string, digest: string): Promise<number | undefined> {
  const linked = await sizeOf(store.repositoryPath(repository, '_blobs', hexOf(digest)));
  return linked === undefined ? undefined : sizeOf(store.blobPath(digest));
}

const link = (store: Store, repository: string, digest: string): Promise<void> =>
  store.put(store.repositoryPath(repository, '_blobs', hexOf(digest)), '');

/** HEAD, GET and DELETE of /v2/<name>/blobs/<digest>. */
export async function blob(call: Call, repository: string, digest: string): Promise<void> {
  const size = await blobSize(call.store, repository, digestOf(digest));
  if (size === undefined) throw new RegistryError('BLOB_UNKNOWN', { digest });
  if (call.method === 'DELETE') {
    await removed(call.store.repositoryPath(repository, '_blobs', hexOf(digest)));
    return answer(call, 202, { 'Docker-Content-Digest': digest });
  }
  if (call.method !== 'HEAD' && call.method !== 'GET') throw new RegistryError('UNSUPPORTED');
  const headers = { 'Content-Type': octets, 'Docker-Content-Digest': digest, ETag: `"${digest}"`, 'Accept-Ranges': 'bytes' };
  const part = partOf(call.request.headers.range, size);
  if (part === 'none') return answer(call, 416, { 'Content-Range': `bytes */${size}` });
  const { start, end } = part ?? { start: 0, end: size - 1 };
  const range = part && { 'Content-Range': `bytes ${start}-${end}/${size}` };
  call.response.writeHead(part ? 206 : 200, { ...headers, ...range, 'Content-Length': String(end - start + 1) });
  // Node refuses the range of an empty file.
  if (call.method === 'HEAD' || size === 0) call.response.end();
  else await pipeline(createReadStream(call.store.blobPath(digest), { start, end }), call.response);
}

/** The part that a Range header asks for (RFC 9110, section 14.1.2): undefined for the whole, `none` where nothing of it is there. */
function partOf(range: string | undefined, size: number): { start: number; end: number } | 'none' | undefined {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(range ?? '') ?? [];
  if (from === undefined || to === undefined || from + to === '') return undefined;
  if (from === '') return to === '0' || size === 0 ? 'none' : { start: Math.max(size - Number(to), 0), end: size - 1 };
  if (to !== '' && Number(to) < Number(from)) return undefined;
  return Number(from) >= size ? 'none' : { start: Number(from), end: to === '' ? size - 1 : Math.min(Number(to), size - 1) };
}

/** POST of /v2/<name>/blobs/uploads/: starts an upload, takes a whole blob (`?digest=`), or mounts one (`?mount=&from=`). */
export async function startUpload(call: Call, repository: string): Promise<void> {
  if (call.method !== 'POST') throw new RegistryError('UNSUPPORTED');
  const mount = call.query.get('mount');
  const from = call.query.get('from');
  if (mount !== null && from !== null && (await mounted(call, repository, mount, from))) return created(call, repository, mount);
  const id = randomUUID();
  await writeFile(call.store.uploadPath(id), '');
  const digest = call.query.get('digest');
  if (digest === null) return uploadAnswer(call, repository, id, 202);
  await append(call, id);
  await finish(call, repository, id, digest);
}

/** PATCH, PUT, GET and DELETE of /v2/<name>/blobs/uploads/<id>. */
export async function upload(call: Call, repository: string, id: string): Promise<void> {
  if (!/^[0-9a-f-]{36}$/.test(id) || (await sizeOf(call.store.uploadPath(id))) === undefined) {
    throw new RegistryError('BLOB_UPLOAD_UNKNOWN', { uuid: id });
  }
  if (call.method === 'GET') return uploadAnswer(call, repository, id, 204);
  if (call.method === 'DELETE') {
    await removed(call.store.uploadPath(id));
    return answer(call, 204);
  }
  if (call.method === 'PATCH') {
    await append(call, id);
    return uploadAnswer(call, repository, id, 202);
  }
  if (call.method !== 'PUT') throw new RegistryError('UNSUPPORTED');
  await append(call, id);
  await finish(call, repository, id, call.query.get('digest') ?? '');
}

async function mounted(call: Call, repository: string, digest: string, from: string): Promise<boolean> {
  if (!isDigest(digest) || (await blobSize(call.store, repositoryName(from), digest)) === undefined) return false;
  await link(call.store, repository, digest);
  return true;
}

/** Adds the body to the upload; a chunk that does not start where the last one ended is refused with the range that is there. */
async function append(call: Call, id: string): Promise<void> {
  const path = call.store.uploadPath(id);
  const there = (await sizeOf(path)) ?? 0;
  const range = call.request.headers['content-range'];
  const bounds = range === undefined ? undefined : /^(?:bytes[ =])?(\d+)-(\d+)/.exec(range);
  if (bounds === null || (bounds !== undefined && Number(bounds[1]) !== there)) {
    throw new RegistryError('BLOB_UPLOAD_INVALID', { range, expected: there }, `chunk ${range} does not start at ${there}`);
  }
  await pipeline(call.request, createWriteStream(path, { flags: 'a' }));
  const came = ((await sizeOf(path)) ?? 0) - there;
  if (bounds !== undefined && Number(bounds[2]) - Number(bounds[1]) + 1 !== came) {
    throw new RegistryError('SIZE_INVALID', { range, bytes: came });
  }
}

async function finish(call: Call, repository: string, id: string, wanted: string): Promise<void> {
  const path = call.store.uploadPath(id);
  const found = await digestOfFile(path, algorithmOf(wanted));
  if (found !== wanted) {
    await rm(path, { force: true });
    throw new RegistryError('DIGEST_INVALID', { digest: wanted, found });
  }
  await call.store.adopt(path, found);
  await link(call.store, repository, found);
  created(call, repository, found);
}

const created = (call: Call, repository: string, digest: string): void =>
  answer(call, 201, { Location: `${call.origin}/v2/${repository}/blobs/${digest}`, 'Docker-Content-Digest': digest });

async function uploadAnswer(call: Call, repository: string, id: string, status: number): Promise<void> {
  const size = (await sizeOf(call.store.uploadPath(id))) ?? 0;
  const location = `${call.origin}/v2/${repository}/blobs/uploads/${id}`;
  answer(call, status, { Location: location, 'Docker-Upload-UUID': id, Range: `0-${Math.max(size - 1, 0)}` });
}
