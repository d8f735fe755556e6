import { isForGood, messageOf } from '../../core/errors.ts';
import type { Cause } from '../../core/logs.ts';
import type { GithubPart } from '../../core/run/release-run.ts';
import type { Run, ThreadPost } from '../../core/run/run.ts';
import type { RunBook } from '../../core/run/run-book.ts';

/** The little that telling a run of its GitHub release needs. */
export interface PartDeps {
  readonly book: RunBook;
  readonly now: () => Date;
}

/** How far the GitHub release has come; which attempt it is stays. */
export async function notePart(deps: PartDeps, run: Run, part: GithubPart): Promise<void> {
  const after = await deps.book.change(run.id, (now) => {
    if (now.state !== 'releasing' || !now.release) return now;
    const { attempt, failingSince } = now.release.github ?? {};
    // What comes after the check may be hours later: its errors are others.
    const isSame = part.state !== 'published' && part.state !== 'waiting';
    const kept = { ...(attempt && { attempt }), ...(failingSince && isSame && { failingSince }) };
    const { failingSince: _past, ...told } = part;
    return { ...now, release: { ...now.release, github: { ...told, ...kept } } };
  });
  if (after.state !== 'releasing') throw new NoMoreReleasing(`${run.id} is ${after.state}`);
}

/** A person has cancelled the run while the step was under way: nothing more may be done for it. */
export class NoMoreReleasing extends Error {
  override readonly name = 'NoMoreReleasing';
}

/** How long one attempt goes on after its first error. */
const patienceMs = 3_600_000;

/** Whether an attempt that goes wrong has gone wrong for long enough; when it began to is saved. */
export async function hasLasted(deps: PartDeps, run: Run): Promise<boolean> {
  const at = deps.now().toISOString();
  const after = await deps.book.change(run.id, (now) => {
    const { github } = now.release ?? {};
    if (now.state !== 'releasing' || !now.release || !github || github.failingSince) return now;
    return { ...now, release: { ...now.release, github: { ...github, failingSince: at } } };
  });
  return Date.parse(at) - Date.parse(after.release?.github?.failingSince ?? at) >= patienceMs;
}

/** What a release has left on GitHub: the page of its draft, and what GitHub has just said that it is. */
export interface Leftovers {
  readonly draft?: string;
  readonly is?: 'draft' | 'published';
}

/** Fails this part alone, and owes the thread its cause. */
export async function failPart(deps: PartDeps, run: Run, error: unknown, { draft, is }: Leftovers): Promise<void> {
  await deps.book.change(run.id, (present) => {
    const now = withDraft(present, draft);
    if (now.state !== 'releasing' || !now.release) return present;
    const { attempt = 1, failingSince: _over, ...part } = now.release.github ?? { state: 'waiting' };
    const post: ThreadPost = { key: `cause-github.${attempt}`, kind: 'cause', stage: 'github', state: 'pending' };
    const delivery = { ...now.delivery, thread: [...now.delivery.thread, post] };
    // A draft is no proof where the answer is missing: GitHub may still be publishing it.
    const isRefused = is === 'draft' && isForGood(error);
    const isOpen = is === 'published' || (part.state === 'publishing' && !isRefused) ? ({ maybePublished: true } as const) : {};
    const failed = { ...isOpen, state: 'failed', failedAt: deps.now().toISOString(), cause: causeOf(error) } as const;
    return { ...now, delivery, release: { ...now.release, github: { ...part, attempt, ...failed } } };
  });
}

/** The run with the page of the draft that is on GitHub; undefined: there is none. */
export function withDraft(run: Run, draft: string | undefined): Run {
  if (!run.release?.github) return run;
  const { draft: _before, ...github } = run.release.github;
  return { ...run, release: { ...run.release, github: { ...github, ...(draft && { draft }) } } };
}

function causeOf(error: unknown): Cause {
  return {
    kind: 'github',
    title: `GitHub release: ${messageOf(error)}`,
    excerpt: [],
    next: 'Fix this, then retry this part; whatever already exists is found and kept.',
  };
}
