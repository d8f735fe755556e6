import type { WrittenChange } from './file-change.ts';
import type { Bump } from './version.ts';

/** What is known about the version of a branch, and the result of a bump. */
export interface VersionReport {
  readonly repository: string;
  readonly branch: string;
  /** The commit it was read from. */
  readonly sha: string;
  /** The file that contains it; absent if it comes from tags. */
  readonly path?: string;
  readonly version: string;
  readonly bump?: BumpReport;
}

export interface BumpReport {
  readonly kind: Bump;
  readonly version: string;
  /** Absent: by configuration, nothing is written. */
  readonly written?: WrittenChange;
  /** It was already written, by an earlier request whose outcome nobody was told. */
  readonly earlier?: true;
}
