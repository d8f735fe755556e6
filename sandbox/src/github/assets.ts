import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { trimSigns } from '../trim.ts';
import { type Answer, created, nothing, ok, pageOf, type RepositoryCall } from './call.ts';
import { invalid, notFound, Refusal } from './errors.ts';
import { releaseIn } from './releases.ts';
import { assetShape, downloadFolder } from './shapes.ts';
import type { StoredAsset, StoredRelease } from './state.ts';

export async function listAssets(call: RepositoryCall): Promise<Answer> {
  const release = releaseIn(call);
  const { items, headers } = pageOf(call, release.assets);
  return { status: 200, headers, json: items.map((one) => assetShape(call.origin, call.repository, release, one)) };
}

/** What GitHub makes of a file's name. */
function renamed(name: string): string {
  return trimSigns(name.replace(/[^\w.+@-]+/g, '.'), '.') || 'default';
}

/** POST of /api/uploads/…?name=…: an upload that does not come to its end leaves its name taken, by an asset of state `starter`. */
export async function uploadAsset(call: RepositoryCall): Promise<Answer> {
  const { state, request, query, origin, repository } = call;
  const release = releaseIn(call);
  const wished = query.get('name');
  if (!wished) throw new Refusal(400, 'Missing name parameter');
  const name = call.assetName?.(renamed(wished)) ?? renamed(wished);
  const length = request.headers['content-length'];
  if (length === undefined) throw new Refusal(400, 'Bad Content-Length: ');
  if (Number(length) === 0) throw new Refusal(400, 'Bad Content-Length: 0');
  const contentType = request.headers['content-type'];
  if (!contentType) throw invalid({ resource: 'ReleaseAsset', code: 'missing_field', field: 'content_type' });
  if (release.assets.some((one) => one.name === name)) throw invalid({ resource: 'ReleaseAsset', code: 'already_exists', field: 'name' });
  const asset: StoredAsset = {
    id: state.nextId(),
    name,
    label: query.get('label') ?? '',
    contentType,
    size: 0,
    state: 'starter',
    digest: null,
    at: new Date().toISOString(),
  };
  release.assets.push(asset);
  await state.save();
  Object.assign(asset, await received(call, asset.id), { state: 'uploaded' });
  await state.save();
  return created(assetShape(origin, repository, release, asset));
}

async function received({ state, request, cutAfterBytes }: RepositoryCall, id: number): Promise<{ size: number; digest: string }> {
  const path = state.assetPath(id);
  const hash = createHash('sha256');
  let size = 0;
  const counter = new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk);
      size += chunk.length;
      if (cutAfterBytes !== undefined && size >= cutAfterBytes) request.destroy();
      done(null, chunk);
    },
  });
  try {
    await pipeline(request, counter, createWriteStream(`${path}.part`));
  } catch (error) {
    await rm(`${path}.part`, { force: true });
    throw error;
  }
  await rename(`${path}.part`, path);
  return { size, digest: `sha256:${hash.digest('hex')}` };
}

function assetIn({ repository, params }: RepositoryCall): { release: StoredRelease; asset: StoredAsset } {
  for (const release of repository.releases) {
    const asset = release.assets.find((one) => one.id === Number(params.asset));
    if (asset) return { release, asset };
  }
  throw notFound();
}

/** The asset's record, or, asked with `Accept: application/octet-stream`, its content. */
export async function getAsset(call: RepositoryCall): Promise<Answer> {
  const { release, asset } = assetIn(call);
  if (!call.request.headers.accept?.includes('application/octet-stream'))
    return ok(assetShape(call.origin, call.repository, release, asset));
  return contentOf(call, asset);
}

export async function deleteAsset(call: RepositoryCall): Promise<Answer> {
  const { release, asset } = assetIn(call);
  release.assets = release.assets.filter((one) => one !== asset);
  await rm(call.state.assetPath(asset.id), { force: true });
  await call.state.save();
  return nothing;
}

/** What a browser downloads. */
export async function download(call: RepositoryCall): Promise<Answer> {
  const { repository, params } = call;
  const release = repository.releases.find((one) => decodeURIComponent(downloadFolder(one)) === params.tag);
  const asset = release?.assets.find((one) => one.name === params.name);
  if (!asset) throw notFound();
  return contentOf(call, asset);
}

function contentOf({ state }: RepositoryCall, { id, name, size, state: progress }: StoredAsset): Answer {
  if (progress !== 'uploaded') throw notFound();
  const headers = {
    'Content-Type': 'application/octet-stream',
    'Content-Length': String(size),
    'Content-Disposition': `attachment; filename=${name}`,
    'X-Content-Type-Options': 'nosniff',
  };
  return { status: 200, headers, content: createReadStream(state.assetPath(id)) };
}
