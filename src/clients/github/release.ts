import type { Readable } from 'node:stream';

/** A release as GitHub has it. */
export interface GithubRelease {
  readonly id: number;
  readonly tag: string;
  readonly name: string;
  /** Markdown, without the marker. */
  readonly body: string;
  /** Its page. The page of a draft is visible only to those with write access, and its URL changes on publication. */
  readonly url: string;
  readonly draft: boolean;
  readonly prerelease: boolean;
  /** The commit (or branch) on which the tag is created when the release is published. */
  readonly target: string;
}

export type FoundRelease =
  | { readonly state: 'none' }
  /** Always ours: drafts created by somebody else are not used. */
  | { readonly state: 'draft'; readonly ours: true; readonly release: GithubRelease }
  | { readonly state: 'published'; readonly ours: boolean; readonly release: GithubRelease };

/** What a release must be when it is published, whatever its draft says by then. */
export interface WantedRelease {
  readonly tag: string;
  readonly name: string;
  /** SHA of the commit to release. */
  readonly target: string;
  readonly prerelease: boolean;
  /** Uid of the run, `[\w-]+`: an invisible comment in the body, which proves that the release is ours. */
  readonly marker: string;
}

export interface WantedDraft extends WantedRelease {
  /** Markdown. */
  readonly body: string;
}

/** A file that a release must have, as it was uploaded. */
export interface SentAsset {
  readonly name: string;
  readonly bytes: number;
  readonly sha256?: string;
  /** As GitHub numbered it; absent if that is not known. */
  readonly id?: number;
}

export interface WantedAsset {
  /** GitHub replaces each character that it does not allow in a name by `.`. */
  readonly name: string;
  readonly bytes: number;
  /** `application/octet-stream` if not known. */
  readonly contentType: string;
  /** 64 hexadecimal digits; if given, an existing asset is kept only if GitHub reports the same checksum. */
  readonly sha256?: string;
  /** Its number from an earlier upload, if known: GitHub may have given it another name. */
  readonly id?: number;
  /** The numbers of the release's other files: two of them may have the same content. */
  readonly others?: readonly number[];
  /** The content from its start; called once per upload, and not at all if the asset already exists. */
  open(): Readable | Promise<Readable>;
}

export interface ReleaseAsset {
  readonly id: number;
  /** The name GitHub uses. */
  readonly name: string;
  readonly bytes: number;
  /** Download URL, valid once the release is published. */
  readonly url: string;
  /** Whether this call uploaded it; false if it already existed. */
  readonly uploaded: boolean;
}

export interface ComparedCommit {
  readonly sha: string;
  /** First line of the message. */
  readonly subject: string;
  /** The rest of the message, at most 2,000 characters. */
  readonly body: string;
  readonly author: string;
}

export interface Comparison {
  /** Number of commits in `head` that are not in `base`. */
  readonly total: number;
  /** The newest of them, at most 300, oldest first. */
  readonly commits: readonly ComparedCommit[];
  /** Page with the comparison. */
  readonly url: string;
}
