import type { Repository } from '../../core/config.ts';
import { isForGood, messageOf } from '../../core/errors.ts';
import { releaseNotes } from '../../core/release/notes.ts';
import { noteRefusal } from '../../core/run/refusals.ts';
import type { Run } from '../../core/run/run.ts';
import type { RunBook } from '../../core/run/run-book.ts';

export interface Notes {
  /** The text of a release that nobody has edited. */
  notes(run: Run, repository: Repository): Promise<string>;
}

/** How long notes are tried again: nobody waits for a release because of them. */
const patienceMs = 5 * 60_000;

/**
 * The notes of a release. Where they cannot be had, a plain list of what is known of the run stands in their place, and the run says why.
 * @param now undefined: not tried again
 * @throws where a later try may succeed
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

/** What is known of a release without asking anybody: its changes, as they were when the vote began, or its commit alone. */
function plainNotes({ commit, release }: Run): string {
  const known = release?.changes ?? [];
  const own = { sha: commit.sha, subject: commit.subject ?? commit.sha, ...(commit.author && { author: commit.author.name }) };
  return `${releaseNotes(known.length > 0 ? known.toReversed() : [own])}\n\nThe full list of changes could not be generated.`;
}
