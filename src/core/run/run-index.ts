import type { Run } from './run.ts';

/** Something that is kept with the runs: it hears of each change in the same moment, so that it is never behind. */
export interface RunIndex {
  /** A run that is new, or its new state. `before`: as it was known. */
  put(run: Run, before?: Run): void;
  /** A run that is forgotten. */
  drop(run: Run): void;
}

/** The runs that have something in common, by that. */
export class RunsBy implements RunIndex {
  readonly #keyOf: (run: Run) => string;
  readonly #runs = new Map<string, Map<string, Run>>();

  constructor(keyOf: (run: Run) => string) {
    this.#keyOf = keyOf;
  }

  /** In the order in which they came to have it. */
  of(key: string): Run[] {
    return [...(this.#runs.get(key)?.values() ?? [])];
  }

  put(run: Run, before?: Run): void {
    const key = this.#keyOf(run);
    if (before && this.#keyOf(before) !== key) this.drop(before);
    const runs = this.#runs.get(key) ?? new Map<string, Run>();
    this.#runs.set(key, runs.set(run.id, run));
  }

  drop(run: Run): void {
    const key = this.#keyOf(run);
    const runs = this.#runs.get(key);
    runs?.delete(run.id);
    if (runs?.size === 0) this.#runs.delete(key);
  }
}

/** A branch of a repository as one key: no name of a branch holds a blank. */
export function branchKey({ repository, branch }: Pick<Run, 'repository' | 'branch'>): string {
  return `${repository} ${branch}`;
}
