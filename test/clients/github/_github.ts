import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type Github, startGithub } from '@coxswain/sandbox';
import type { ExecutionContext } from 'ava';
import type { AssetOptions } from '../../../src/clients/github/asset-uploads.ts';
import { githubClient } from '../../../src/clients/github/github-client.ts';
import type { WantedAsset } from '../../../src/clients/github/release.ts';
import type { Releases } from '../../../src/clients/github/releases.ts';
import { sampleRepository } from '../../fixtures/git-repository.ts';

export const name = 'ada/scheduler';
export const quiet = { info() {}, warn() {}, error() {} };

/** The stand-in over a bare repository with a few commits, and the client that talks to it. */
export interface Place {
  readonly stand: Github;
  readonly releases: Releases;
  readonly client: ReturnType<typeof githubClient>;
  /** Commits, the oldest first. */
  readonly shas: readonly string[];
  git(...words: string[]): string;
  /** A further commit on main. */
  commit(message: string): string;
  tagSha(tag: string): string | undefined;
}

interface PlaceOptions extends Partial<Omit<AssetOptions, 'fetch' | 'api'>> {
  readonly commits?: readonly string[];
}

export async function aPlace(t: ExecutionContext, options: PlaceOptions = {}): Promise<Place> {
  const { commits = ['feat: begin', 'fix: mend it'], ...others } = options;
  const folder = await mkdtemp(join(tmpdir(), 'coxswain-github-'));
  const { path, git, commit } = sampleRepository(t);
  const stand = await startGithub({ folder, token: 'ghp_x', repositories: { [name]: { path } } });
  t.teardown(async () => {
    await stand.close();
    await rm(folder, { recursive: true, force: true });
  });
  const client = githubClient({ token: 'ghp_x', baseUrl: stand.url, log: quiet, paced: false, retryMs: 1, timeoutMs: 20_000, ...others });
  return {
    stand,
    releases: client.releases,
    client,
    shas: commits.map((message) => commit('main', message)),
    git,
    commit: (message) => commit('main', message),
    tagSha: (tag) => git('for-each-ref', '--format=%(objectname)', `refs/tags/${tag}`) || undefined,
  };
}

/** The draft of a run that releases the newest commit. */
export function draftOf(place: Place, over: { tag?: string; marker?: string; prerelease?: boolean; target?: string } = {}) {
  const target = place.shas.at(-1) ?? '';
  return {
    tag: 'v1.2.0',
    name: 'v1.2.0',
    body: '## Features\n\n- begin',
    target,
    prerelease: false,
    marker: '0123456789abcdef0123',
    ...over,
  };
}

export const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

export function assetOf(assetName: string, content: Buffer, over: Partial<WantedAsset> = {}): WantedAsset & { opened: () => number } {
  let opened = 0;
  return {
    name: assetName,
    bytes: content.length,
    contentType: 'application/octet-stream',
    sha256: sha256(content),
    opened: () => opened,
    open: () => {
      opened++;
      return Readable.from(chunksOf(content), { objectMode: false });
    },
    ...over,
  };
}

function* chunksOf(content: Buffer): Generator<Buffer> {
  for (let at = 0; at < content.length; at += 16_384) yield content.subarray(at, at + 16_384);
}

/** What the stand-in has of an asset. */
export async function kept({ stand }: Place, tag: string, assetName: string): Promise<Buffer | undefined> {
  const asset = stand
    .releases(name)
    .flatMap((one) => (one.tag === tag ? one.assets : []))
    .find((one) => one.name === assetName);
  return asset?.state === 'uploaded' ? readFile(stand.assetFile(asset)) : undefined;
}
