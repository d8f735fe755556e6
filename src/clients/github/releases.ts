import type { Octokit } from '@octokit/rest';
import { type AssetOptions, ensureAsset } from './asset-uploads.ts';
import { Drafts } from './drafts.ts';
import type { GithubRequest } from './github-error.ts';
import { compare, generateNotes, latestRelease, tagSha, tagsWith } from './history.ts';
import type { Comparison, FoundRelease, GithubRelease, ReleaseAsset, WantedAsset, WantedDraft } from './release.ts';

/**
 * What a release takes, in steps that may each be repeated after a crash at any point: ensureDraft, ensureAsset …, publish.
 * `github` is owner/name. All throw UserError where a person has to do something, and GithubError otherwise, whose `retry` says whether the
 * same call can succeed later.
 */
export interface Releases {
  /** The published release of this tag, else our draft for it. */
  findRelease(github: string, tag: string, marker: string): Promise<FoundRelease>;
  /**
   * Our draft, made or brought to what is wanted; where ours is published already, that one (`draft: false`).
   * @throws UserError where the tag is released by somebody else, or exists at another commit
   */
  ensureDraft(github: string, wanted: WantedDraft): Promise<GithubRelease>;
  /** Uploads the asset; a half or different one of that name makes place for it, the same one stays. Never whole in memory. */
  ensureAsset(github: string, releaseId: number, asset: WantedAsset): Promise<ReleaseAsset>;
  /**
   * Publishes the draft, by which GitHub makes the tag; one that is published already stays as it is.
   * `assets`: the names of all that it is to have; any other one is removed before.
   */
  publish(
    github: string,
    releaseId: number,
    options: { readonly makeLatest: boolean; readonly assets?: readonly string[] },
  ): Promise<GithubRelease>;
  /** The notes that GitHub would write, in Markdown; `previous` is the tag from which they count, where not given GitHub chooses. */
  generateNotes(github: string, of: { readonly tag: string; readonly target: string; readonly previous?: string }): Promise<string>;
  /** The commit of a tag, also of an annotated one; undefined where there is no such tag. */
  tagSha(github: string, tag: string): Promise<string | undefined>;
  /** All tags that begin with the prefix. */
  tags(github: string, prefix: string): Promise<readonly string[]>;
  /** The newest release that is neither draft nor prerelease. */
  latestRelease(github: string): Promise<GithubRelease | undefined>;
  /** What `head` has more than `base`; each a tag, branch or SHA. */
  compare(github: string, base: string, head: string): Promise<Comparison>;
}

export function releasesBy(octokit: Octokit, ask: GithubRequest, options: AssetOptions): Releases {
  const drafts = new Drafts(octokit, ask);
  return {
    findRelease: (github, tag, marker) => drafts.find(github, tag, marker),
    ensureDraft: (github, wanted) => drafts.ensure(github, wanted),
    ensureAsset: (github, releaseId, asset) => ensureAsset(octokit, ask, options, { github, releaseId, asset }),
    publish: (github, releaseId, options) => drafts.publish(github, releaseId, options),
    generateNotes: (github, of) => generateNotes(octokit, ask, github, of),
    tagSha: (github, tag) => tagSha(octokit, ask, github, tag),
    tags: (github, prefix) => tagsWith(octokit, ask, github, prefix),
    latestRelease: (github) => latestRelease(octokit, ask, github),
    compare: (github, base, head) => compare(octokit, ask, github, base, head),
  };
}
