import type { Run } from './run.ts';

/** An index maintained with the runs: updated synchronously with each change, so that it is never stale. */
export interface RunIndex {
  /** A new run, or its new state. `before`: its previous state. */
  put(run: Run, before?: Run): void;
  /** A run that was deleted. */
  drop(run: Run): void;
}

/** Runs grouped by a common key. */
export class RunsBy implements RunIndex {
  readonly #keyOf: (run: Run) => string;
  readonly #runs = new Map<string, Map<string, Run>>();

  constructor(keyOf: (run: Run) => string) {
    this.#keyOf = keyOf;
  }

  /** In the order in which they got that key. */
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

/** A branch of a repository as one key: no branch name contains a space. */
export function branchKey({ repository, branch }: Pick<Run, 'repository' | 'branch'>): string {
  return `${repository} ${branch}`;
}
