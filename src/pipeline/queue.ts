import type { Config, Repository } from '../core/config.ts';
import { isBusy, type Run } from '../core/run.ts';
import type { RunBook } from '../core/run-book.ts';
import { byAge, idParts, numberOf } from '../core/run-id.ts';

export interface Turns {
  readonly start: readonly string[];
  readonly supersede: readonly { readonly id: string; readonly by: string }[];
  /** The runs that go on waiting, and the one that each waits for first. */
  readonly wait: readonly { readonly id: string; readonly behind: string }[];
}

/**
 * Whose turn it is. Per branch one run is under way; of those that wait only the newest commit stays. Over all, runs start in their order
 * within the caps on runs and GPUs; a run that waits for GPUs is not overtaken by another one that needs some.
 */
export function turns(runs: readonly Run[], limits: Config['limits'], gpusOf: (run: Run) => number): Turns {
  const busy = runs.filter(isBusy).sort(byAge);
  const supersede = busy.flatMap((run) => {
    const later = run.state === 'queued' ? busy.filter((one) => isNewer(one, run) && supersedes(one, run)) : [];
    const by = later.find((one) => !later.some((other) => isNewer(other, one)));
    return by ? [{ id: run.id, by: by.id }] : [];
  });
  const gone = new Set(supersede.map(({ id }) => id));
  const left = busy.filter((run) => !gone.has(run.id));
  const start = startable(left, limits, gpusOf);
  return { supersede, start, wait: waiting(left, start) };
}

function startable(busy: readonly Run[], limits: Config['limits'], gpusOf: (run: Run) => number): string[] {
  const running = busy.filter((run) => run.state === 'running');
  const taken = new Set(running.map(branchOf));
  let free = limits.runs - running.length;
  let gpus = (limits.gpus ?? Number.POSITIVE_INFINITY) - running.reduce((sum, run) => sum + gpusOf(run), 0);
  const start: string[] = [];
  for (const run of busy) {
    if (run.state !== 'queued' || free <= 0 || taken.has(branchOf(run))) continue;
    const need = gpusOf(run);
    if (need > gpus) {
      gpus = 0;
      continue;
    }
    taken.add(branchOf(run));
    start.push(run.id);
    free -= 1;
    gpus -= need;
  }
  return start;
}

/** Behind the run of the same branch that comes before, else behind the one before it in line, else behind the oldest that is under way. */
function waiting(busy: readonly Run[], start: readonly string[]): { id: string; behind: string }[] {
  const isUnderWay = (run: Run) => run.state === 'running' || start.includes(run.id);
  const underWay = busy.filter(isUnderWay);
  const line = busy.filter((run) => !isUnderWay(run));
  return line.flatMap((run, place) => {
    const before = [...underWay, ...line.slice(0, place)];
    const behind = before.findLast((one) => branchOf(one) === branchOf(run)) ?? line[place - 1] ?? underWay[0];
    return behind ? [{ id: run.id, behind: behind.id }] : [];
  });
}

/** A retry repeats an old commit, so it takes nobody's place; the same commit is no newer one. */
function supersedes(later: Run, run: Run): boolean {
  return (
    later.state === 'queued' && branchOf(later) === branchOf(run) && later.cause.kind !== 'retry' && later.commit.sha !== run.commit.sha
  );
}

/** By their numbers, since a clock may be set back; by their times only where the repository got another short name. */
function isNewer(a: Run, b: Run): boolean {
  const [shortOfA, shortOfB] = [a, b].map(({ id }) => idParts(id)?.short);
  return shortOfA === shortOfB ? numberOf(a.id) > numberOf(b.id) : a.createdAt > b.createdAt;
}

function branchOf(run: Run): string {
  return `${run.repository} ${run.branch}`;
}

/** The GPUs that a run holds at its hungriest stage. */
export function gpusOf(repositories: readonly Repository[]): (run: Run) => number {
  return (run) => {
    const stages = repositories.find((repository) => repository.name === run.repository)?.stages ?? [];
    return Math.max(0, ...stages.map((stage) => (stage.kind === 'test' ? stage.gpus : 0)));
  };
}

/** Starts and supersedes what `turns` says; safe to call at any time. What could not be saved is tried again by itself. */
export function queue(book: RunBook, config: Config, now: () => Date, retryMs = 5_000): () => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  let isRetryDue = false;
  const take = async () => {
    const { start, supersede, wait } = turns(book.all(), config.limits, gpusOf(config.repositories));
    for (const { id, by } of supersede) {
      await ifQueued(book, id, () =>
        book.move(id, 'superseded', { supersededBy: by, reason: `a newer commit of the branch waits: ${by}` }),
      );
    }
    for (const id of start) await ifQueued(book, id, () => book.move(id, 'running', { startedAt: now().toISOString() }));
    for (const { id, behind } of wait) {
      await book.change(id, (run) => (run.state === 'queued' && run.behind !== behind ? { ...run, behind } : run));
    }
  };
  const again = () => {
    isRetryDue = false;
    next().catch(() => undefined);
  };
  const next = () => {
    last = last.then(take, take);
    last.catch(() => {
      if (!isRetryDue) setTimeout(again, retryMs).unref();
      isRetryDue = true;
    });
    return last;
  };
  return next;
}

// A person may have cancelled it between the decision and the move.
async function ifQueued(book: RunBook, id: string, act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (book.get(id)?.state === 'queued') throw error;
  }
}
