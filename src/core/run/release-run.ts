import type { Cause, ImageStatements } from '../logs.ts';
import type { StageRun } from './stage-run.ts';

/** The release of a run: what would be released, who has voted, and its progress. Times are ISO 8601. */
export interface ReleaseRun {
  /** Empty until the run has passed. */
  readonly version: string;
  /** The git tag: the version with its prefix. */
  readonly tag: string;
  /** When the run passed and the vote began. */
  readonly openedAt?: string;
  readonly expiresAt?: string;
  /** Number of votes required. */
  readonly requiredVotes: number;
  readonly votes: readonly Vote[];
  readonly rejected?: Vote & { readonly reason: string };
  /** The previous release, if there is one, and the commits since. */
  readonly previous?: string;
  readonly changes?: readonly ReleaseChange[];
  /** The notes as generated when the vote began, or as edited by a user; absent: generated when the release is cut. */
  readonly notes?: string;
  /** The Slack id of their last editor. */
  readonly notesBy?: string;
  /** Why nothing can be released, e.g. that no version could be read. */
  readonly problem?: string;
  /** Why it is not known whether the version is free, as a sentence. Until it is known, nothing is pushed or published. */
  readonly doubt?: string;
  /** The freeze because of which it is approved but not yet cut. */
  readonly frozenBy?: { readonly by: string; readonly reason: string };
  readonly approvedAt?: string;
  /** The stages that build its images, all of kind `image`; absent until the release begins. */
  readonly images?: readonly StageRun[];
  readonly github?: GithubPart;
  /** Proves on GitHub that a draft is ours, if it is not this run's own uid: taken from the run that this one retries. */
  readonly marker?: string;
  /** After a cancellation during the release: the images that were nevertheless pushed, `repository:tag`. Absent: not checked yet. */
  readonly leftovers?: { readonly images: readonly string[] };
  /** Images that a run retried by this one may have pushed. */
  readonly attemptedImages?: readonly string[];
  /** What earlier attempts at the images, by this run or one that it retries, reported to have pushed: that much is its own. */
  readonly reported?: readonly ReportedImage[];
}

/** What a builder reported about an image of the release. */
export interface ReportedImage extends ImageStatements {
  readonly name: string;
}

export interface Vote {
  /** Slack user id. */
  readonly by: string;
  readonly at: string;
}

export interface ReleaseChange {
  readonly sha: string;
  readonly subject: string;
  readonly author?: string;
}

/** The GitHub release and its progress: draft, assets, publish. */
export interface GithubPart {
  readonly state: 'waiting' | 'collecting' | 'drafting' | 'uploading' | 'publishing' | 'published' | 'failed' | 'skipped';
  readonly attempt?: number;
  /** The version was verified to be free, on GitHub and in the registries, so images may be pushed with it. */
  readonly versionChecked?: true;
  readonly failedAt?: string;
  /** The first of the errors that keep this attempt retrying. */
  readonly failingSince?: string;
  /** It failed while being published, so it may be public. */
  readonly maybePublished?: true;
  /** The page of the published release. */
  readonly url?: string;
  /** The page of the draft, while it exists. */
  readonly draft?: string;
  readonly assets?: readonly AssetPart[];
  readonly cause?: Cause;
  /** Why it was skipped. */
  readonly why?: string;
}

export interface AssetPart {
  readonly name: string;
  readonly bytes: number;
  readonly sha256?: string;
  readonly uploaded: boolean;
  /** GitHub's number of it, once uploaded. */
  readonly id?: number;
  /** The name that GitHub has given it, if that is another one. */
  readonly as?: string;
}
