/** A file with a new text, to be committed on top of one commit and of no other. */
export interface FileChange {
  readonly branch: string;
  /** The commit that the branch must be at; where it has moved, nothing is written. */
  readonly parent: string;
  readonly path: string;
  readonly text: string;
  readonly message: string;
  /** Names a branch of its own, where it is only proposed: `version-1.2.0-main`. */
  readonly topic: string;
  readonly author: { readonly name: string; readonly email: string };
}

/** Where a change has been written. */
export type WrittenChange =
  /** `parent`: what it really stands on; absent where that is not known. */
  | { readonly kind: 'commit'; readonly sha: string; readonly parent?: string; readonly url?: string }
  | { readonly kind: 'pull-request'; readonly number: number; readonly url: string };
