import { findRepository } from '../../core/command/find-repository.ts';
import type { Config, Repository, VersionSource } from '../../core/config.ts';
import { isForGood, messageOf, UserError } from '../../core/errors.ts';
import { branchSlug } from '../../core/git/branch-slug.ts';
import type { RunVersion } from '../../core/run/run.ts';
import { quoted } from '../../core/text/quoted.ts';
import type { PendingBump } from '../../core/version/pending-bump.ts';
import { type Bump, bumped, formatVersion, newestVersion, type Version } from '../../core/version/version.ts';
import { versionIn, withVersion } from '../../core/version/version-file.ts';
import type { VersionReport } from '../../core/version/version-report.ts';
import { headOf } from '../intake/find-branch.ts';
import type { OwnCommits } from '../intake/own-commits.ts';
import type { Git } from '../intake/requests.ts';
import type { Files } from './file-source.ts';
import { type BumpRecords, repeatedBump } from './pending-bumps.ts';

/** What versions need from outside. */
export interface VersionPorts {
  readonly git: Pick<Git, 'heads'>;
  readonly files: Files;
  readonly now: () => Date;
}

export interface VersionsOptions extends VersionPorts {
  readonly config: Config;
  /** Starts the runs of new commits; absent if none are started. */
  readonly poll?: (repository: Repository) => Promise<void>;
  /** Records which commits are the bot's own; absent if that is not recorded. */
  readonly own?: Pick<OwnCommits, 'write'>;
  /** Remembers a bump until its outcome is known; absent if that is not remembered. */
  readonly records?: BumpRecords;
}

export interface VersionWish {
  readonly repository: string;
  /** Default: the main branch. */
  readonly branch?: string;
  readonly bump?: Bump;
  /** Slack user id. */
  readonly by: string;
}

/** A commit of a branch, and the version there. */
interface BranchVersion {
  readonly repository: Repository;
  readonly source: VersionSource;
  readonly branch: string;
  readonly sha: string;
  readonly version: Version;
  /** The text of the file that holds it. */
  readonly text?: string;
}

/** The versions of the watched repositories: read for runs, reported and bumped for people. */
export class RepositoryVersions {
  readonly #options: VersionsOptions;

  constructor(options: VersionsOptions) {
    this.#options = options;
  }

  /** For a run of that commit. Never throws: a run must not fail because of its version. */
  async ofCommit(repository: Repository, branch: string, sha: string): Promise<RunVersion> {
    const { version: source } = repository;
    if (!source) return {};
    try {
      const { version, tag } = await this.#read(repository, source, branch, sha);
      return { version: formatVersion(version), ...(tag !== undefined && { tag }) };
    } catch (error) {
      return { versionProblem: `Its version is unknown. ${messageOf(error)}` };
    }
  }

  /** The version of a branch and, if a bump is requested, the next one, written as configured. @throws UserError */
  async ask(wish: VersionWish): Promise<VersionReport> {
    const found = await this.#standing(wish);
    const { repository, source, branch, sha, version } = found;
    const report = { repository: repository.name, branch, sha, ...(source.path && { path: source.path }), version: formatVersion(version) };
    if (!wish.bump) return report;
    const { records, now } = this.#options;
    const begun = repeatedBump(records, { repository: repository.name, branch, kind: wish.bump, now: now() });
    if (begun && begun.version === report.version && begun.parent !== sha) {
      await records?.bumping(repository.name, branch, undefined);
      return { ...report, version: begun.from, bump: { kind: wish.bump, version: begun.version, earlier: true } };
    }
    const isSame = begun?.parent === sha;
    const next = isSame ? begun.version : formatVersion(bumped(version, wish.bump, await this.#around(found, wish.bump)));
    if (next === report.version) throw unchanged(report, wish.bump);
    const bump = { kind: wish.bump, version: next };
    if (source.write === 'none') return { ...report, bump };
    return { ...report, bump: { ...bump, written: await this.#write(found, next, wish.bump, wish.by) } };
  }

  async #standing(wish: VersionWish): Promise<BranchVersion> {
    const { config, git } = this.#options;
    const repository = findRepository(config.repositories, wish.repository);
    const source = repository.version;
    if (!source) throw new UserError(`No version is configured for ${repository.name}: set its \`version:\` to where the version is kept.`);
    const { branch, sha } = headOf(repository, await git.heads(repository), wish.branch);
    return { repository, source, branch, sha, ...(await this.#read(repository, source, branch, sha)) };
  }

  async #read(
    repository: Repository,
    { from, path = '', prefix }: VersionSource,
    branch: string,
    sha: string,
  ): Promise<{ version: Version; text?: string; tag?: string }> {
    const { files } = this.#options;
    if (from !== 'tags') {
      const text = await files.file(repository, branch, sha, path);
      return { version: versionIn(from, text, `${path} on ${quoted(branch)}`), text };
    }
    const tags = await files.tags(repository);
    const own = Object.keys(tags).filter((name) => tags[name] === sha);
    // A commit's own tag takes precedence over newer tags elsewhere: older release lines have versions too.
    const version = newestVersion(own, prefix) ?? newestVersion(Object.keys(tags), prefix);
    if (!version) throw new UserError(`No tag of ${repository.name} is a version such as \`${prefix}0.1.0\`: push one.`);
    const tag = own.at(-1);
    return { version, ...(tag !== undefined && { tag }) };
  }

  async #around({ repository, source, branch }: BranchVersion, bump: Bump) {
    const tags = bump === 'rc' ? Object.keys(await this.#options.files.tags(repository)) : [];
    return { branch, now: this.#options.now(), tags, prefix: source.prefix };
  }

  async #write({ repository, source, branch, sha, version, text }: BranchVersion, next: string, bump: Bump, by: string) {
    if (source.from === 'tags' || source.path === undefined || text === undefined) {
      throw new UserError(
        `The version of ${repository.name} is its newest tag, and tags are created by releases: there is nothing to write.`,
      );
    }
    // It is what a decoder puts in place of every byte that it does not know.
    if (text.includes('\uFFFD')) {
      throw new UserError(
        `${source.path} on ${quoted(branch)} is not valid UTF-8, and writing it would damage it: convert it to UTF-8, or bump the version by hand.`,
      );
    }
    // A bump on top of a seen commit starts no run, so a commit that no poll has seen yet gets its run first.
    await this.#options.poll?.(repository);
    const change = {
      branch,
      parent: sha,
      path: source.path,
      text: withVersion(source.from, text, next),
      message: `Set the version to ${next}\n\nIt was ${formatVersion(version)}; ${bump} was requested by ${by} in Slack.`,
      topic: `version-${next.replaceAll('+', '-')}-${branchSlug(branch)}`,
      author: { name: 'coxswain', email: this.#options.config.git.botEmail },
    };
    const write = () => this.#options.files.write(repository, change);
    const { own, now } = this.#options;
    const begun = { kind: bump, from: formatVersion(version), version: next, parent: sha, at: now().toISOString() };
    return this.#remembering(repository, branch, begun, () => (own ? own.write(repository, change, write) : write()));
  }

  /** Saved before it is written: after a crash or a lost answer, the same request must not bump once more. */
  async #remembering<T>(repository: Repository, branch: string, begun: PendingBump, write: () => Promise<T>): Promise<T> {
    const { records } = this.#options;
    const earlier = records?.pendingBump(repository.name, branch);
    await records?.bumping(repository.name, branch, begun);
    try {
      const written = await write();
      await records?.bumping(repository.name, branch, undefined);
      return written;
    } catch (error) {
      // A server that asks to wait has carried nothing out.
      const isRefused = isForGood(error) || (error as { readonly retryAt?: Date }).retryAt !== undefined;
      // A refusal is about this attempt alone: an earlier one of unknown outcome may be what has moved the branch.
      const isStill = records?.pendingBump(repository.name, branch)?.at === begun.at;
      if (isRefused && isStill) await records?.bumping(repository.name, branch, earlier);
      if (error instanceof UserError) throw error;
      if (isRefused) throw new UserError(`Nothing was written: ${messageOf(error)}. Ask again then.`, { cause: error });
      const again = 'Ask again in a minute: if it was written, that is found, and nothing is written twice.';
      throw new UserError(`It is not known whether ${begun.version} was written to ${quoted(branch)}: ${messageOf(error)}. ${again}`, {
        cause: error,
      });
    }
  }
}

/** A release candidate without a tag is still the next one; two pre-releases in the same second have the same name. */
function unchanged({ repository, branch, version }: VersionReport, bump: Bump): UserError {
  const why = bump === 'rc' ? 'Candidates are counted from the tags, and this one has no tag yet.' : 'Try again in a second.';
  return new UserError(`${repository} ${quoted(branch)} is already at ${version}, so nothing was written. ${why}`);
}
