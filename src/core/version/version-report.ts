import type { WrittenChange } from './file-change.ts';
import type { Bump } from './version.ts';

/** What is known of the version of a branch, and what became of a bump. */
export interface VersionReport {
  readonly repository: string;
  readonly branch: string;
  /** The commit in which it was read. */
  readonly sha: string;
  /** The file that holds it; absent where tags do. */
  readonly path?: string;
  readonly version: string;
  readonly bump?: BumpReport;
}

export interface BumpReport {
  readonly kind: Bump;
  readonly version: string;
  /** Absent: nothing is written, by configuration. */
  readonly written?: WrittenChange;
}
