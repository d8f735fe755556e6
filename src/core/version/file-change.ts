/** A file with new content, to be committed on top of exactly one commit. */
export interface FileChange {
  readonly branch: string;
  /** The commit that the branch must be at; if it has moved, nothing is written. */
  readonly parent: string;
  readonly path: string;
  readonly text: string;
  readonly message: string;
  /** Branch name for a change that is only proposed: `version-1.2.0-main`. */
  readonly topic: string;
  readonly author: { readonly name: string; readonly email: string };
}

/** Where a change was written. */
export type WrittenChange =
  /** `parent`: its actual parent commit; absent if unknown. */
  | { readonly kind: 'commit'; readonly sha: string; readonly parent?: string; readonly url?: string }
  | { readonly kind: 'pull-request'; readonly number: number; readonly url: string };
