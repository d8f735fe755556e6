import type { Readable } from 'node:stream';

/** A release as GitHub has it. */
export interface GithubRelease {
  readonly id: number;
  readonly tag: string;
  readonly name: string;
  /** Markdown, without the marker. */
  readonly body: string;
  /** Its page. The page of a draft is seen only by who may write to the repository, and moves when it is published. */
  readonly url: string;
  readonly draft: boolean;
  readonly prerelease: boolean;
  /** The commit (or branch) of which the tag is made when the release is published. */
  readonly target: string;
}

export type FoundRelease =
  | { readonly state: 'none' }
  /** Always ours: a draft that somebody else has made is not taken up. */
  | { readonly state: 'draft'; readonly ours: true; readonly release: GithubRelease }
  | { readonly state: 'published'; readonly ours: boolean; readonly release: GithubRelease };

export interface WantedDraft {
  readonly tag: string;
  readonly name: string;
  /** Markdown. */
  readonly body: string;
  /** SHA of the commit to release. */
  readonly target: string;
  readonly prerelease: boolean;
  /** Uid of the run, `[\w-]+`: stands in the body as a comment that nobody sees, and proves that the release is ours. */
  readonly marker: string;
}

export interface WantedAsset {
  /** GitHub puts a `.` in place of each character that it does not allow in a name. */
  readonly name: string;
  readonly bytes: number;
  /** `application/octet-stream` where it is not known. */
  readonly contentType: string;
  /** 64 hexadecimal digits; where given, what is there already stays only if GitHub says the same of it. */
  readonly sha256?: string;
  /** The content from its start; called once per upload, and not at all where the asset is there. */
  open(): Readable | Promise<Readable>;
}

export interface ReleaseAsset {
  readonly id: number;
  /** As GitHub calls it. */
  readonly name: string;
  readonly bytes: number;
  /** Where it can be downloaded, once the release is published. */
  readonly url: string;
  /** Whether this call has uploaded it; false where it was there. */
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
  /** Commits of `head` that `base` has not. */
  readonly total: number;
  /** The newest of them, at most 300, the oldest first. */
  readonly commits: readonly ComparedCommit[];
  /** Page of the difference. */
  readonly url: string;
}
