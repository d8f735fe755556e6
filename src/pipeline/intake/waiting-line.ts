import type { Config } from '../../core/config.ts';
import { isBusy, type Run } from '../../core/run/run.ts';
import { byAge, idParts, numberOf } from '../../core/run/run-id.ts';
import { branchKey, type RunIndex } from '../../core/run/run-index.ts';
import { SortedList } from '../../core/run/sorted-list.ts';

/** The busy runs of one branch: the running and the queued ones. */
interface Branch {
  readonly running: SortedList<Run>;
  readonly queued: SortedList<Run>;
}

const nobody: Branch = aBranch();

/**
 * Decides which run is next. Per branch, one run is active, and of the queued ones only the newest commit stays. Overall, runs start in
 * order within the limits on runs and GPUs; a run that waits for GPUs is not overtaken by another one that needs some.
 * The cost of a change of one run grows with the number of busy runs of its branch, not with the total number of queued runs.
 */
export class WaitingLine implements RunIndex {
  readonly #limits: Config['limits'];
  readonly #gpusOf: (repository: string) => number;
  /** All busy runs, by id and in order. */
  readonly #busy = new Map<string, Run>();
  readonly #all = aBranch();
  readonly #branches = new Map<string, Branch>();
  /** By repository: the next run of each branch that has no active run. */
  readonly #next = new Map<string, SortedList<Run>>();
  /** Branches in which a run may have to be superseded, and runs that may wait behind a different run than before. */
  readonly #changed = new Set<string>();
  readonly #moved = new Set<string>();

  constructor(limits: Config['limits'], gpusOf: (repository: string) => number) {
    this.#limits = limits;
    this.#gpusOf = gpusOf;
  }

  put(run: Run): void {
    const known = this.#busy.get(run.id);
    if (known?.state === run.state) this.#replace(run);
    else if (known || isBusy(run)) {
      this.#change(run, (branch) => {
        if (known) this.#leave(known, branch);
        if (isBusy(run)) this.#enter(run, branch);
      });
    }
  }

  drop(run: Run): void {
    const known = this.#busy.get(run.id);
    if (known) this.#change(known, (branch) => this.#leave(known, branch));
  }

  /** Decides everything again: earlier decisions may not have been carried out. */
  recheck(): void {
    for (const key of this.#branches.keys()) this.#changed.add(key);
    for (const { id } of this.#all.queued.items) this.#moved.add(id);
  }

  /** The runs that are superseded by a newer commit of the branch; each is reported once. */
  superseded(): { readonly id: string; readonly by: string }[] {
    const branches = [...this.#changed].map((key) => this.#branches.get(key) ?? nobody);
    this.#changed.clear();
    return branches.flatMap(({ queued }) => givingWay(queued.items));
  }

  /** The runs to start now, in this order. */
  startable(): string[] {
    const needs = (run: Run) => this.#gpusOf(run.repository);
    const { running } = this.#all;
    let free = this.#limits.runs - running.length;
    let gpus = running.items.reduce((left, run) => left - needs(run), this.#limits.gpus ?? Number.POSITIVE_INFINITY);
    const lines = [...this.#next.values()].map(({ items }) => ({ items, at: 0 }));
    const start: string[] = [];
    while (free > 0) {
      const [first] = lines
        .flatMap((line) => ({ line, run: line.items[line.at] }))
        .filter(hasRun)
        .sort((a, b) => byAge(a.run, b.run));
      if (!first) break;
      const need = needs(first.run);
      first.line.at = need > gpus ? first.line.items.length : first.line.at + 1;
      if (need > gpus) gpus = 0;
      else {
        start.push(first.run.id);
        free -= 1;
        gpus -= need;
      }
    }
    return start;
  }

  /** The queued runs that now wait behind a different run; each change is reported once. */
  waiting(): { readonly id: string; readonly behind: string }[] {
    const first = this.#all.queued.items[0];
    if (first) this.#moved.add(first.id);
    const runs = [...this.#moved].flatMap((id) => this.#busy.get(id) ?? []).sort(byAge);
    this.#moved.clear();
    return runs.flatMap((run) => {
      const behind = run.state === 'queued' ? this.#behind(run) : undefined;
      return behind && behind.id !== run.queuedBehind ? [{ id: run.id, behind: behind.id }] : [];
    });
  }

  /** The previous run of the same branch, else the previous one in the whole queue, else the oldest running one. */
  #behind(run: Run): Run | undefined {
    const { running, queued } = this.#branches.get(branchKey(run)) ?? nobody;
    const ofBranch = queued.items[queued.place(run) - 1] ?? running.items.at(-1);
    return ofBranch ?? this.#all.queued.items[this.#all.queued.place(run) - 1] ?? this.#all.running.items[0];
  }

  #replace(run: Run): void {
    this.#busy.set(run.id, run);
    listOf(run, this.#all).put(run);
    const branch = this.#branches.get(branchKey(run));
    if (branch) listOf(run, branch).put(run);
    const next = this.#next.get(run.repository);
    if (branch && next && nextOf(branch)?.id === run.id) next.put(run);
  }

  #change(run: Run, change: (branch: Branch) => void): void {
    const key = branchKey(run);
    const branch = this.#branches.get(key) ?? aBranch();
    const next = this.#next.get(run.repository) ?? new SortedList(byAge);
    const before = nextOf(branch);
    change(branch);
    const after = nextOf(branch);
    if (before) next.drop(before);
    if (after) next.put(after);
    this.#next.set(run.repository, next);
    this.#changed.add(key);
    for (const { id } of branch.queued.items) this.#moved.add(id);
    if (branch.queued.length + branch.running.length > 0) this.#branches.set(key, branch);
    else this.#branches.delete(key);
  }

  #enter(run: Run, branch: Branch): void {
    this.#busy.set(run.id, run);
    listOf(run, branch).put(run);
    const place = listOf(run, this.#all).put(run);
    if (run.state === 'queued') this.#note(place + 1);
  }

  #leave(run: Run, branch: Branch): void {
    this.#busy.delete(run.id);
    listOf(run, branch).drop(run);
    const place = listOf(run, this.#all).drop(run);
    if (run.state === 'queued' && place !== undefined) this.#note(place);
  }

  /** The run at that position now has a different predecessor. */
  #note(place: number): void {
    const run = this.#all.queued.items[place];
    if (run) this.#moved.add(run.id);
  }
}

function aBranch(): Branch {
  return { running: new SortedList(byAge), queued: new SortedList(byAge) };
}

function listOf({ state }: Run, { running, queued }: Branch): SortedList<Run> {
  return state === 'running' ? running : queued;
}

function nextOf({ running, queued }: Branch): Run | undefined {
  return running.length === 0 ? queued.items[0] : undefined;
}

function hasRun<T extends { readonly run: Run | undefined }>(one: T): one is T & { readonly run: Run } {
  return one.run !== undefined;
}

/** The queued runs of a branch that a newer queued commit supersedes. A retry repeats an old commit, so it supersedes none. */
function givingWay(queued: readonly Run[]): { id: string; by: string }[] {
  const newest = queued.filter(({ cause }) => cause.kind !== 'retry').sort((a, b) => Number(isNewer(b, a)) - Number(isNewer(a, b)));
  return queued.flatMap((run) => {
    const by = newest.find((one) => isNewer(one, run) && one.commit.sha !== run.commit.sha);
    return by ? [{ id: run.id, by: by.id }] : [];
  });
}

/** Compares run numbers, since a clock may be set back; creation times only if the repository's short name was changed. */
function isNewer(a: Run, b: Run): boolean {
  const [shortOfA, shortOfB] = [a, b].map(({ id }) => idParts(id)?.short);
  return shortOfA === shortOfB ? numberOf(a.id) > numberOf(b.id) : byAge(a, b) > 0;
}
