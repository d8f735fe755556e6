import { SerialByKey } from '../concurrency/serial.ts';
import { loggedMessage } from '../errors.ts';
import { redactor } from '../redaction/redactor.ts';
import { redactedRun } from './redact-run.ts';
import { moved, type Run, type RunState } from './run.ts';
import { byAge } from './run-id.ts';
import { branchKey, type RunIndex, RunsBy } from './run-index.ts';
import { SortedList } from './sorted-list.ts';

/** The part of the store that the book needs. */
export interface RunSaves {
  saveRun(run: Run): Promise<void>;
  /** A number for the repository's next run, never reused. */
  nextNumber(short: string): Promise<number>;
}

type Begins =
  | 'repository'
  | 'branch'
  | 'commit'
  | 'coversEarlierCommits'
  | 'cause'
  | 'version'
  | 'versionProblem'
  | 'tag'
  | 'retryOf'
  | 'release'
  | 'notReleased'
  | 'stages';

/** What a caller provides for a new run; the book adds the rest. */
export interface NewRun extends Pick<Run, Begins> {
  readonly short: string;
  readonly instance: string;
  readonly channel: string;
}

export type RunListener = (run: Run, before: Run | undefined) => Promise<void> | void;

export interface BookOptions {
  readonly saves: RunSaves;
  readonly runs: readonly Run[];
  readonly now: () => Date;
  /** A random uid of 20 lower-case hexadecimal digits. */
  readonly uid: () => string;
  /** Redacts secrets in what is saved; by default, those recognizable by shape. */
  readonly redact?: (text: string) => string;
  readonly log: (message: string) => void;
}

/** All runs. Every change goes through `change` or `move`, is saved before listeners are notified, and is reported in order. */
export class RunBook {
  readonly #options: BookOptions;
  readonly #clean: (run: Run) => Run;
  readonly #runs = new Map<string, Run>();
  readonly #ordered = new SortedList<Run>(byAge);
  readonly #ofRepository = new RunsBy(({ repository }) => repository);
  readonly #ofBranch = new RunsBy(branchKey);
  readonly #ofCommit = new RunsBy(({ commit }) => commit.sha);
  readonly #inState = new RunsBy(({ state }) => state);
  readonly #indexes: RunIndex[] = [this.#ofRepository, this.#ofBranch, this.#ofCommit, this.#inState];
  readonly #idOfKey = new Map<string, string>();
  readonly #turns = new SerialByKey();
  readonly #news = new SerialByKey();
  readonly #listeners: RunListener[] = [];

  constructor(options: BookOptions) {
    this.#options = options;
    const redact = options.redact ?? redactor([]);
    this.#clean = (run) => redactedRun(run, redact);
    for (const run of options.runs) this.#hold(run);
  }

  /** All runs, oldest first: only for work that concerns all of them, since it takes time linear in their number. */
  all(): readonly Run[] {
    return [...this.#ordered.items];
  }

  get(id: string): Run | undefined {
    return this.#runs.get(id);
  }

  ofRepository(name: string): readonly Run[] {
    return this.#ofRepository.of(name);
  }

  ofBranch(repository: string, branch: string): readonly Run[] {
    return this.#ofBranch.of(branchKey({ repository, branch }));
  }

  ofCommit(sha: string): readonly Run[] {
    return this.#ofCommit.of(sha);
  }

  inState(state: RunState): readonly Run[] {
    return this.#inState.of(state);
  }

  /** Maintains an index from now on; it first receives all existing runs, oldest first. */
  keep(index: RunIndex): void {
    for (const run of this.#ordered.items) index.put(run);
    this.#indexes.push(index);
  }

  /** Notifies of every change of every run, in order per run; a listener that throws is logged and does not stop the others. */
  onChange(listener: RunListener): void {
    this.#listeners.push(listener);
  }

  /** Adds a queued run, or returns the one that the same change started before. */
  add(wanted: NewRun): Promise<{ run: Run; isNew: boolean }> {
    return this.#turns.run('', async () => {
      const key = runKey(wanted);
      const known = this.#runs.get(this.#idOfKey.get(key) ?? '');
      if (known && !hasReturned(wanted, known)) return { run: known, isNew: false };
      const run = this.#clean(this.#queued(wanted, key, await this.#options.saves.nextNumber(wanted.short)));
      await this.#options.saves.saveRun(run);
      this.#hold(run);
      this.#tell(run, undefined);
      return { run, isNew: true };
    });
  }

  /**
   * Changes a run by a pure function; returning the same object means no change. `revision` counts changes of everything but `delivery`.
   * @throws Error if the run is unknown, the function throws or the run cannot be saved (then nothing has changed).
   */
  change(id: string, by: (run: Run) => Run): Promise<Run> {
    return this.#turns.run(id, async () => {
      const before = this.#runs.get(id);
      if (!before) throw new Error(`no run ${id}`);
      const wanted = this.#clean(by(before));
      if (wanted === before) return before;
      const after = { ...wanted, revision: before.revision + (onlyDeliveryDiffers(before, wanted) ? 0 : 1) };
      await this.#options.saves.saveRun(after);
      this.#hold(after);
      this.#tell(after, before);
      return after;
    });
  }

  /**
   * Moves a run to its next state.
   * @param detail further changes; computed from the current run if it is a function
   * @throws Error if the state table does not allow it
   */
  move(id: string, to: RunState, detail: Partial<Run> | ((run: Run) => Partial<Run>) = {}): Promise<Run> {
    return this.change(id, (run) => moved(run, to, typeof detail === 'function' ? detail(run) : detail, this.#options.now()));
  }

  forget(id: string): void {
    const run = this.#runs.get(id);
    if (!run) return;
    this.#runs.delete(id);
    this.#ordered.drop(run);
    for (const index of this.#indexes) index.drop(run);
    if (this.#idOfKey.get(run.key) === id) this.#idOfKey.delete(run.key);
  }

  /** Resolves when every change so far is saved and reported. */
  async idle(): Promise<void> {
    while (this.#turns.isBusy || this.#news.isBusy) await Promise.all([this.#turns.idle(), this.#news.idle()]);
  }

  #hold(run: Run): void {
    const before = this.#runs.get(run.id);
    this.#runs.set(run.id, run);
    this.#ordered.put(run);
    for (const index of this.#indexes) index.put(run, before);
    this.#idOfKey.set(run.key, run.id);
  }

  // Not awaited by change(): a listener may itself change the run and must not wait for its own notification.
  #tell(run: Run, before: Run | undefined): void {
    void this.#news.run(run.id, async () => {
      for (const listener of this.#listeners) {
        try {
          await listener(run, before);
        } catch (error) {
          this.#options.log(`a listener failed on ${run.id}: ${loggedMessage(error)}`);
        }
      }
    });
  }

  #queued(wanted: NewRun, key: string, number: number): Run {
    const { short, instance, channel, stages, ...rest } = wanted;
    const id = `${short}-${number}`;
    return {
      ...rest,
      id,
      uid: this.#options.uid(),
      key,
      state: 'queued',
      stages,
      namespace: `cox-${instance}-${id}`,
      createdAt: this.#options.now().toISOString(),
      revision: 1,
      delivery: { channel, thread: [], cleaned: false },
    };
  }
}

/** A branch was reset to a commit whose run never started: that commit counts as new again. */
function hasReturned({ cause }: NewRun, known: Run): boolean {
  return cause.kind === 'commit' && known.state === 'superseded';
}

/** Same repository, branch, commit and cause: same run. */
function runKey(wanted: Pick<NewRun, 'repository' | 'branch' | 'commit' | 'cause'>): string {
  const { repository, branch, commit, cause } = wanted;
  return [repository, branch, commit.sha, cause.kind, cause.kind === 'commit' ? '' : cause.key].join(' ');
}

function onlyDeliveryDiffers(a: Run, b: Run): boolean {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)] as (keyof Run)[]);
  keys.delete('delivery');
  return [...keys].every((key) => a[key] === b[key]);
}
