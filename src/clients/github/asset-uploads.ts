import { Readable } from 'node:stream';
import { UserError } from '../../core/errors.ts';
import { mayGo } from '../../core/git/credential.ts';
import { cut } from '../../core/text/cut.ts';
import { assetName, mostAssetBytes } from '../../core/text/fields.ts';
import { before } from '../../core/text/trim.ts';
import type { ListedAsset } from './answers.ts';
import type { GithubApi } from './api.ts';
import { GithubError, type GithubRequest, orNone, refusalsIn } from './github-error.ts';
import { pagesOf } from './pages.ts';
import { repositoryOf } from './place.ts';
import type { ReleaseAsset, SentAsset, WantedAsset } from './release.ts';
import { limited } from './requests.ts';

type At = { readonly owner: string; readonly repo: string; readonly release_id: number };

export interface AssetOptions {
  /** How long an upload may make no progress, or GitHub may not respond after it. */
  readonly stallMs: number;
  /** Calls back after the given number of milliseconds; returns a function that cancels it. `setTimeout` by default. */
  readonly timer?: Timer;
  readonly fetch: typeof globalThis.fetch;
  /** The URL of the API, which the login is for. */
  readonly api: URL;
}

export type Timer = (call: () => void, ms: number) => () => void;

const byClock: Timer = (call, ms) => {
  const timer = setTimeout(call, ms);
  return () => clearTimeout(timer);
};

/** Uploads the complete asset: an identical one is kept, anything else of that name is replaced. */
export async function ensureAsset(
  octokit: GithubApi,
  ask: GithubRequest,
  options: AssetOptions,
  { github, releaseId, asset }: { readonly github: string; readonly releaseId: number; readonly asset: WantedAsset },
): Promise<ReleaseAsset> {
  checkSize(asset);
  const at = { ...repositoryOf(github), release_id: releaseId };
  const name = assetName(asset.name);
  return ask(`the asset ${name} of ${github}`, async () => {
    const release = await orNone(octokit.rest.repos.getRelease(at));
    if (!release)
      throw new GithubError(`release ${releaseId} of ${github} is gone: somebody has deleted the draft. It has to be created again.`);
    // Before anything is removed: a late answer of GitHub, or a person, may have published it meanwhile.
    if (!release.data.draft) throw new GithubError(`release ${releaseId} of ${github} is published, so its assets stay as they are.`);
    let isTaken = false;
    for (const again of [false, true]) {
      const listed = await assetsIn(octokit, at);
      const there = listed.find(({ id }) => id === asset.id) ?? listed.find((one) => one.name === name);
      const known = there && isKnown(there, asset) ? there : isTaken ? renamedIn(listed, asset) : undefined;
      if (known) return assetFrom(known, false);
      if (there) await removeAsset(octokit, at, there.id);
      try {
        const url = uploadUrl(release.data.upload_url, options.api);
        return await upload(octokit, at, { ...asset, name }, { ...options, url });
      } catch (error) {
        if (error instanceof StoredOtherwise && !again) continue;
        // GitHub's list may lag behind: an asset refused as a duplicate is in the list a moment later, possibly under another name.
        if (!refusalsIn(error).some(({ code }) => code === 'already_exists')) throw error;
        if (again) throw listed.some((one) => one !== there && isLike(one.name, name)) ? namedOtherwise(name, error) : lagging(name, error);
        isTaken = true;
      }
    }
    throw new Error('not reached: the second refusal is thrown');
  });
}

/** An asset whose name GitHub has changed in a way that was not foreseen, and whose number was lost: only its content identifies it. */
function renamedIn(listed: readonly ListedAsset[], asset: WantedAsset): ListedAsset | undefined {
  const { sha256, others = [] } = asset;
  return sha256 === undefined ? undefined : listed.find((one) => isKnown(one, asset) && !others.includes(one.id));
}

/** Final once it has happened twice in a row. */
class StoredOtherwise extends UserError {
  constructor({ name, bytes }: WantedAsset, stored: number) {
    super(
      `GitHub stored another content of the asset ${name} than was sent (${stored} bytes of ${bytes}), twice. Check what is between here and GitHub (a proxy), then retry.`,
    );
  }
}

function namedOtherwise(name: string, cause: unknown): UserError {
  return new UserError(
    `GitHub has an asset in place of ${name} under another name, with another content. Remove it from the draft, or rename the file to letters, digits, \`.\`, \`_\` and \`-\`.`,
    { cause },
  );
}

/** Whether GitHub may have made one name of the other: it replaces characters, but not letters and digits. */
function isLike(one: string, other: string): boolean {
  const [a, b] = [one, other].map((name) => name.replace(/[^a-zA-Z0-9]/g, ''));
  return a === b;
}

function lagging(name: string, cause: unknown): GithubError {
  return new GithubError(`GitHub refuses the asset ${name} as a duplicate, but lists none of that name or a similar one yet`, { cause });
}

export function assetsIn(octokit: GithubApi, at: At): Promise<ListedAsset[]> {
  return pagesOf(octokit.rest.repos.listReleaseAssets, { ...at, per_page: 100 });
}

async function removeAsset(octokit: GithubApi, { owner, repo }: At, id: number): Promise<void> {
  await orNone(octokit.rest.repos.deleteReleaseAsset({ owner, repo, asset_id: id }));
}

/** Removes what does not belong in a draft, and checks all files that do. */
export async function keepAssets(octokit: GithubApi, at: At, wanted: readonly SentAsset[]): Promise<void> {
  const listed = await assetsIn(octokit, at);
  const wrong = wanted.flatMap((asset) => problemOf(asset, listed) ?? [])[0];
  if (wrong) throw new GithubError(`In the draft, ${wrong}. It has to be uploaded again.`);
  const kept = new Set(wanted.map((asset) => listedAs(asset, listed)?.id));
  for (const { id } of listed) if (!kept.has(id)) await removeAsset(octokit, at, id);
}

/** Why a release does not have a file as it was uploaded, as a clause; undefined if it has. */
export function problemOf(asset: SentAsset, listed: readonly ListedAsset[]): string | undefined {
  const there = listedAs(asset, listed);
  if (!there) return `the asset ${cut(asset.name, 80)} is missing`;
  // Without a checksum, only the number tells two uploads apart.
  const isSame = isWhole(there, asset) && (Boolean(there.digest && asset.sha256) || asset.id === undefined || there.id === asset.id);
  return isSame ? undefined : `the asset ${cut(there.name, 80)} is not the file that was uploaded: somebody has replaced it`;
}

function listedAs({ id, name }: SentAsset, listed: readonly ListedAsset[]): ListedAsset | undefined {
  return listed.find((one) => one.id === id) ?? listed.find((one) => one.name === assetName(name));
}

function checkSize({ name, bytes }: WantedAsset): void {
  if (bytes === 0)
    throw new UserError(`The asset ${name} is empty, and GitHub does not accept empty files. Remove it from \`assets\`, or fill it.`);
  if (bytes >= mostAssetBytes)
    throw new UserError(`The asset ${name} has ${bytes} bytes, and GitHub accepts less than 2 GiB. Compress or split it.`);
}

/** Uploads go to a separate host that GitHub names; the login is sent only to the API host and its `uploads` counterpart. */
function uploadUrl(named: string, api: URL): string {
  const url = before(named, '{');
  const beside = `uploads.${api.host.replace(/^api\./, '')}`;
  if (URL.canParse(url) && mayGo(new URL(url), api, ({ host, hostname }) => host === beside || hostname === api.hostname)) return named;
  throw new GithubError(
    `GitHub names ${url.slice(0, 200)} for uploads, which does not belong to ${api.host}: nothing is sent there. Set GITHUB_API_URL to the address that GitHub names itself by.`,
    {
      retry: false,
    },
  );
}

async function upload(
  octokit: GithubApi,
  at: At,
  asset: WantedAsset,
  { url, stallMs, timer = byClock, ...web }: AssetOptions & { readonly url: string },
): Promise<ReleaseAsset> {
  const stalled = new AbortController();
  const stall = () => timer(() => stalled.abort(new Error(`no data was accepted for ${stallMs / 1_000} s`)), stallMs);
  let callOff = stall();
  const failure: { ofSource?: unknown } = {};
  const counted = counting(asset, {
    taken: () => callOff(),
    offered: () => {
      callOff = stall();
    },
    failed: (error) => {
      failure.ofSource = error;
    },
  });
  try {
    const { data } = await octokit.rest.repos.uploadReleaseAsset({
      ...at,
      name: asset.name,
      // The type allows only text, but the value is passed to fetch unchanged.
      data: Readable.toWeb(Readable.from(counted, { objectMode: false })) as unknown as string,
      url,
      headers: { 'content-type': asset.contentType, 'content-length': asset.bytes },
      request: {
        fetch: limited((address, init) => web.fetch(address, { ...init, redirect: 'manual', signal: stalled.signal }), web.api.href),
      },
    });
    if (!isWhole(data, asset)) throw new StoredOtherwise(asset, data.size);
    return assetFrom(data, true);
  } catch (error) {
    throw failure.ofSource ?? error;
  } finally {
    callOff();
  }
}

interface Watch {
  /** Bytes were consumed; more are requested from the source. */
  taken(): void;
  /** Bytes are ready to be sent to GitHub. */
  offered(): void;
  failed(error: unknown): void;
}

/** Yields the content, checking that it has the announced number of bytes. */
async function* counting(asset: WantedAsset, watch: Watch): AsyncGenerator<Buffer> {
  let bytes = 0;
  watch.taken();
  try {
    for await (const chunk of await asset.open()) {
      const part = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk);
      bytes += part.length;
      if (bytes > asset.bytes) throw new Error(`The content of ${asset.name} has more than the announced ${asset.bytes} bytes.`);
      watch.offered();
      yield part;
      watch.taken();
    }
    if (bytes < asset.bytes)
      throw new Error(`The content of ${asset.name} has only ${bytes} bytes instead of the announced ${asset.bytes}.`);
  } catch (error) {
    watch.failed(error);
    throw error;
  }
  watch.offered();
}

/** An older Enterprise Server reports no checksum, and the size alone does not identify the content. */
function isKnown(there: ListedAsset, asset: WantedAsset): boolean {
  return isWhole(there, asset) && (!asset.sha256 || Boolean(there.digest));
}

function isWhole(there: ListedAsset, { bytes, sha256 }: Pick<WantedAsset, 'bytes' | 'sha256'>): boolean {
  const same = !sha256 || !there.digest || there.digest === `sha256:${sha256}`;
  return there.state === 'uploaded' && there.size === bytes && same;
}

function assetFrom({ id, name, size, browser_download_url: url }: ListedAsset, uploaded: boolean): ReleaseAsset {
  return { id, name, bytes: size, url, uploaded };
}
