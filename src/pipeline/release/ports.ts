import type { Readable } from 'node:stream';
import type { ReleaseStage, Repository } from '../../core/config.ts';
import type { Permission } from '../../core/people/roles.ts';
import type { ReleaseChange } from '../../core/run/release-run.ts';
import type { Run } from '../../core/run/run.ts';

/** Who may decide: whether a person is among `of` (or, if that is empty, the approvers), and why or why not. */
export interface Approvers {
  approver(user: string, of: readonly string[]): Promise<Permission>;
}

/** Release freezes that people have set. */
export interface Freezes {
  /** The freeze that applies to a repository's releases, if any. */
  of(repository: string): { readonly reason: string; readonly by: string } | undefined;
}

/** What has changed since the previous release, if that can be determined. */
export interface Changes {
  since(repository: Repository, run: Run): Promise<{ previous?: string; changes: readonly ReleaseChange[] } | undefined>;
}

interface ReleaseOnGithub {
  readonly id: number;
  readonly url: string;
  readonly draft: boolean;
}

/** What making a release needs from GitHub; every call may be repeated. `marker`: proves that a draft belongs to this run. */
export interface ReleaseGithub {
  findRelease(
    github: string,
    tag: string,
    marker: string,
  ): Promise<{ state: 'none' } | { state: 'draft' | 'published'; ours: boolean; release: ReleaseOnGithub }>;
  tagSha(github: string, tag: string): Promise<string | undefined>;
  /** What GitHub shows as the latest release. */
  latestRelease(github: string): Promise<{ readonly tag: string } | undefined>;
  ensureDraft(github: string, wanted: WantedRelease & { body: string }): Promise<ReleaseOnGithub>;
  /** `id`: its number from an earlier upload; `others`: those of the other files. Returns number and name as GitHub has them. */
  ensureAsset(
    github: string,
    releaseId: number,
    asset: Asset & { contentType: string; id?: number; others?: readonly number[] },
  ): Promise<{ readonly id: number; readonly name: string }>;
  /** Publishes exactly what is wanted, and reads it back. `assets`: all files that it should have, if known; any other one is removed. */
  publish(
    github: string,
    releaseId: number,
    publication: { wanted: WantedRelease; makeLatest: boolean; assets?: readonly SentAsset[] },
  ): Promise<ReleaseOnGithub>;
}

interface WantedRelease {
  readonly tag: string;
  readonly name: string;
  /** The commit. */
  readonly target: string;
  readonly prerelease: boolean;
  readonly marker: string;
}

/** A file as it was uploaded. */
interface SentAsset {
  readonly name: string;
  readonly bytes: number;
  readonly sha256?: string;
  readonly id?: number;
}

/** A file of the release. */
export interface Asset {
  readonly name: string;
  readonly bytes: number;
  readonly sha256?: string;
  open(): Readable | Promise<Readable>;
}

/** The files of a release, from the run's workspace. */
export interface Assets {
  /** With a file of checksums, and the run's logs if configured. @throws UserError if a pattern matches nothing */
  collect(run: Run, release: ReleaseStage): Promise<readonly Asset[]>;
  discard(run: Run): Promise<void>;
}

export interface Notes {
  /** The notes of a release that nobody has edited. */
  notes(run: Run, repository: Repository): Promise<string>;
}
