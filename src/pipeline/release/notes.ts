import type { Repository } from '../../core/config.ts';
import { isForGood, messageOf } from '../../core/errors.ts';
import { releaseNotes } from '../../core/release/notes.ts';
import { noteRefusal } from '../../core/run/refusals.ts';
import type { ReleaseChange } from '../../core/run/release-run.ts';
import type { Run } from '../../core/run/run.ts';
import type { RunBook } from '../../core/run/run-book.ts';
import { previousTag } from '../../core/version/previous-tag.ts';
import { parseVersion } from '../../core/version/version.ts';
import type { Changes, Notes } from './ports.ts';

/** What release notes need from GitHub. */
export interface History {
  /** The tags that begin with the prefix. */
  tags(github: string, prefix: string): Promise<readonly string[]>;
  compare(
    github: string,
    base: string,
    head: string,
  ): Promise<{ readonly commits: readonly (ReleaseChange & { readonly body?: string })[]; readonly total?: number }>;
  generateNotes(github: string, of: { tag: string; target: string; previous?: string }): Promise<string>;
}

/** Which commits are the bot's own: they only write the version, so no reader of notes needs them. */
export interface OwnCommitCheck {
  isOwn(repository: string, sha: string): boolean;
}

/**
 * What is new in a release since the previous version, from GitHub's history, without the bot's own commits; nothing without GitHub. Notes
 * that GitHub itself generates are used as they are, and include all commits.
 */
export function notesFrom(history: History | undefined, own: OwnCommitCheck): Changes & Notes {
  const isNews =
    ({ name }: Repository) =>
    ({ sha }: { readonly sha: string }) =>
      !own.isOwn(name, sha);
  const since = async (repository: Repository, run: Run) => {
    if (!history || !repository.github) return undefined;
    const previous = await previousOf(history, repository.github, repository, run);
    if (previous === undefined) return undefined;
    const { commits } = await history.compare(repository.github, previous, run.commit.sha);
    const changes = commits
      .filter(isNews(repository))
      .toReversed()
      .slice(0, 50)
      .map(({ sha, subject, author }) => ({ sha, subject, ...(author ? { author } : {}) }));
    return { previous, changes };
  };
  const notes = async (run: Run, repository: Repository) => {
    const { github, release } = repository;
    const { tag = '' } = run.release ?? {};
    if (!history || !github) return '';
    // Determined again if the vote had none: there may be none, or it could not be determined then.
    const previous = run.release?.previous ?? (await previousOf(history, github, repository, run));
    if (release?.github?.notes === 'generated') {
      const of = { tag, target: run.commit.sha, ...(previous !== undefined && { previous }) };
      const generated = await orUndefined(history.generateNotes(github, of));
      if (generated !== undefined) return generated;
    }
    if (previous === undefined) return 'The first release.';
    const { commits, total = commits.length } = await history.compare(github, previous, run.commit.sha);
    const told = commits.filter(isNews(repository));
    return releaseNotes(told, total - commits.length + told.length);
  };
  return { since, notes };
}

/** Undefined if GitHub refuses permanently: the notes can be made in another way. */
async function orUndefined(asked: Promise<string>): Promise<string | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (!isForGood(error)) throw error;
    return undefined;
  }
}

/** The tag of the previous version, undefined if there is none. Throws if that cannot be determined. */
async function previousOf(history: History, github: string, { version: source }: Repository, run: Run) {
  const version = run.release?.version || run.version || '';
  const own = parseVersion(version);
  if (!own) throw new Error(`${JSON.stringify(version)} of ${run.id} is not a version, so there is no previous one.`);
  const prefix = source?.prefix ?? '';
  return previousTag(await history.tags(github, prefix), own, prefix);
}

/** How long generating notes is retried: a release should not be delayed because of them. */
const patienceMs = 5 * 60_000;

/**
 * The notes of a release. If they cannot be generated, a plain list of what is known about the run is used, and the run records why.
 * @param now the current time, which limits how long errors are retried
 * @throws if a later try may succeed
 */
export async function notesOrPlain(
  { book, notes }: { readonly book: RunBook; readonly notes: Notes },
  run: Run,
  repository: Repository,
  now: Date,
): Promise<string> {
  try {
    return await notes.notes(run, repository);
  } catch (error) {
    const since = run.release?.github?.failingSince;
    const isEarly = since === undefined || now.getTime() - Date.parse(since) < patienceMs;
    if (!isForGood(error) && isEarly) throw error;
    await noteRefusal(
      book,
      run.id,
      'notes',
      `The release notes could not be generated, so a plain list is used instead: ${messageOf(error)}`,
    );
    return plainNotes(run);
  }
}

/** What is known about a release without a request: its changes, as they were when the vote began, or its commit alone. */
function plainNotes({ commit, release }: Run): string {
  const known = release?.changes ?? [];
  const own = { sha: commit.sha, subject: commit.subject ?? commit.sha, ...(commit.author && { author: commit.author.name }) };
  return `${releaseNotes(known.length > 0 ? known.toReversed() : [own])}\n\nThe full list of changes could not be generated.`;
}
