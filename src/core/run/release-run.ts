import type { Cause } from '../logs.ts';
import type { StageRun } from './stage-run.ts';

/** The release of a run: what would be released, who has voted, and how far it has come. Times are ISO 8601. */
export interface ReleaseRun {
  /** Empty until the run has passed. */
  readonly version: string;
  /** The git tag: the version with its prefix. */
  readonly tag: string;
  /** When the run passed and the vote began. */
  readonly openedAt?: string;
  readonly expiresAt?: string;
  /** Votes that are needed. */
  readonly requiredVotes: number;
  readonly votes: readonly Vote[];
  readonly rejected?: Vote & { readonly reason: string };
  /** The release before, where there is one, and the commits since. */
  readonly previous?: string;
  readonly changes?: readonly ReleaseChange[];
  /** Text of the notes as they were when the vote began, or as a person has edited them; absent: made when the release is cut. */
  readonly notes?: string;
  /** The Slack id of who has edited them last. */
  readonly notesBy?: string;
  /** Why nothing can be released, e.g. that no version could be read. */
  readonly problem?: string;
  /** The freeze because of which it is approved and not yet cut. */
  readonly frozenBy?: { readonly by: string; readonly reason: string };
  readonly approvedAt?: string;
  /** The stages that build its images, all of kind `image`; absent until it begins. */
  readonly images?: readonly StageRun[];
  readonly github?: GithubPart;
  /** What proves on GitHub that a draft is ours, where that is not the run's own uid: of the run of which this is a retry. */
  readonly marker?: string;
  /** After a cancellation under way: the images that were pushed all the same, `repository:tag`. Absent: not looked for yet. */
  readonly leftovers?: { readonly images: readonly string[] };
  /** Images that a run of which this is a retry may have pushed. */
  readonly attemptedImages?: readonly string[];
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

/** The GitHub release and how far it has come: draft, assets, publish. */
export interface GithubPart {
  readonly state: 'waiting' | 'collecting' | 'drafting' | 'uploading' | 'publishing' | 'published' | 'failed' | 'skipped';
  readonly attempt?: number;
  /** The version was found to be free, on GitHub and in the registries, so that images may be pushed under it. */
  readonly versionChecked?: true;
  readonly failedAt?: string;
  /** The first of the errors because of which this attempt is repeated. */
  readonly failingSince?: string;
  /** It failed while it was being published, so that it may be out. */
  readonly maybePublished?: true;
  /** The page of what is published. */
  readonly url?: string;
  /** The page of the draft, for as long as it is there. */
  readonly draft?: string;
  readonly assets?: readonly AssetPart[];
  readonly cause?: Cause;
  /** Why it is skipped. */
  readonly why?: string;
}

export interface AssetPart {
  readonly name: string;
  readonly bytes: number;
  readonly sha256?: string;
  readonly uploaded: boolean;
}
