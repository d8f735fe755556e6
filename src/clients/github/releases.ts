import type { GithubApi } from './api.ts';
import { type AssetOptions, ensureAsset } from './asset-uploads.ts';
import { Drafts, type Publication } from './drafts.ts';
import type { GithubRequest } from './github-error.ts';
import { compare, generateNotes, latestRelease, tagSha, tagsWith } from './history.ts';
import type { Comparison, FoundRelease, GithubRelease, ReleaseAsset, WantedAsset, WantedDraft } from './release.ts';

/**
 * The steps of a release, each idempotent even after a crash at any point: ensureDraft, ensureAsset …, publish.
 * `github` is owner/name. All methods throw UserError if the user has to act, and GithubError otherwise, whose `retry` says whether
 * the same call can succeed later.
 */
export interface Releases {
  /** The published release of this tag, otherwise our draft for it. */
  findRelease(github: string, tag: string, marker: string): Promise<FoundRelease>;
  /**
   * Creates or updates our draft; if our release is already published, returns that (`draft: false`).
   * @throws UserError if somebody else has released the tag, or it exists at another commit
   */
  ensureDraft(github: string, wanted: WantedDraft): Promise<GithubRelease>;
  /** Uploads the asset; an incomplete or different one of that name is replaced, an identical one is kept. Never entirely in memory. */
  ensureAsset(github: string, releaseId: number, asset: WantedAsset): Promise<ReleaseAsset>;
  /**
   * Publishes the draft as wanted, upon which GitHub creates the tag; what somebody has changed in it is put right first, except the text of
   * the notes. An already published one is left as it is. Either is then read back.
   * `assets`: all files that it must have; any other is removed from the draft.
   * @throws UserError if what is published differs
   */
  publish(github: string, releaseId: number, publication: Publication): Promise<GithubRelease>;
  /** The release notes that GitHub generates, in Markdown; `previous` is the tag to start from, by default GitHub chooses. */
  generateNotes(github: string, of: { readonly tag: string; readonly target: string; readonly previous?: string }): Promise<string>;
  /** The commit of a tag, including annotated ones; undefined if there is no such tag. */
  tagSha(github: string, tag: string): Promise<string | undefined>;
  /** All tags that start with the prefix. */
  tags(github: string, prefix: string): Promise<readonly string[]>;
  /** The newest release that is neither draft nor prerelease. */
  latestRelease(github: string): Promise<GithubRelease | undefined>;
  /** The commits in `head` that are not in `base`; each a tag, branch or SHA. */
  compare(github: string, base: string, head: string): Promise<Comparison>;
}

export function releasesBy(octokit: GithubApi, ask: GithubRequest, options: AssetOptions): Releases {
  const drafts = new Drafts(octokit, ask);
  return {
    findRelease: (github, tag, marker) => drafts.find(github, tag, marker),
    ensureDraft: (github, wanted) => drafts.ensure(github, wanted),
    ensureAsset: (github, releaseId, asset) => ensureAsset(octokit, ask, options, { github, releaseId, asset }),
    publish: (github, releaseId, publication) => drafts.publish(github, releaseId, publication),
    generateNotes: (github, of) => generateNotes(octokit, ask, github, of),
    tagSha: (github, tag) => tagSha(octokit, ask, github, tag),
    tags: (github, prefix) => tagsWith(octokit, ask, github, prefix),
    latestRelease: (github) => latestRelease(octokit, ask, github),
    compare: (github, base, head) => compare(octokit, ask, github, base, head),
  };
}
