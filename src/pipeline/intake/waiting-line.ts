import type { Config } from '../../core/config.ts';
import { isBusy, type Run } from '../../core/run/run.ts';
import { byAge, idParts, numberOf } from '../../core/run/run-id.ts';
import { branchKey, type RunIndex } from '../../core/run/run-index.ts';
import { SortedList } from '../../core/run/sorted-list.ts';

/** The busy runs of one branch: what is under way, and what waits. */
interface Branch {
  readonly running: SortedList<Run>;
  readonly queued: SortedList<Run>;
}

const nobody: Branch = aBranch();

/**
 * Whose turn it is. Per branch one run is under way; of those that wait only the newest commit stays. Over all, runs start in their order
 * within the caps on runs and GPUs; a run that waits for GPUs is not overtaken by another one that needs some.
 * A change of one run costs as much as its branch has busy runs, however many wait in all.
 */
export class WaitingLine implements RunIndex {
  readonly #limits: Config['limits'];
  readonly #gpusOf: (repository: string) => number;
  /** All busy runs by their ids, and in their order. */
  readonly #busy = new Map<string, Run>();
  readonly #all = aBranch();
  readonly #branches = new Map<string, Branch>();
  /** By repository: of each branch where nothing is under way, the run that comes next. */
  readonly #next = new Map<string, SortedList<Run>>();
  /** Branches in which a run may have to give way, and runs that may wait behind another one than before. */
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

  /** Everything is decided anew: what was said before may not have been done. */
  recheck(): void {
    for (const key of this.#branches.keys()) this.#changed.add(key);
    for (const { id } of this.#all.queued.items) this.#moved.add(id);
  }

  /** Who gives way to a newer commit of the branch; each is said once. */
  superseded(): { readonly id: string; readonly by: string }[] {
    const branches = [...this.#changed].map((key) => this.#branches.get(key) ?? nobody);
    this.#changed.clear();
    return branches.flatMap(({ queued }) => givingWay(queued.items));
  }

  /** Who begins now, in this order. */
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

  /** Behind whom runs wait of which that has changed; each is said once. */
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

  /** The run of the same branch that comes before, else the one before it in line, else the oldest that is under way. */
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

  /** Who stands at that place has another one before it than before. */
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

/** Of the waiting runs of a branch those for which a newer commit waits. A retry repeats an old commit, so it takes nobody's place; the same commit is no newer one. */
function givingWay(queued: readonly Run[]): { id: string; by: string }[] {
  const newest = queued.filter(({ cause }) => cause.kind !== 'retry').sort((a, b) => Number(isNewer(b, a)) - Number(isNewer(a, b)));
  return queued.flatMap((run) => {
    const by = newest.find((one) => isNewer(one, run) && one.commit.sha !== run.commit.sha);
    return by ? [{ id: run.id, by: by.id }] : [];
  });
}

/** By their numbers, since a clock may be set back; by their times only where the repository got another short name. */
function isNewer(a: Run, b: Run): boolean {
  const [shortOfA, shortOfB] = [a, b].map(({ id }) => idParts(id)?.short);
  return shortOfA === shortOfB ? numberOf(a.id) > numberOf(b.id) : byAge(a, b) > 0;
}
