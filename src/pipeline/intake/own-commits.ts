import type { Repository } from '../../core/config.ts';
import type { FileChange, WrittenChange } from '../../core/version/file-change.ts';

/** Stores which commits are the bot's own. */
export interface OwnRecords {
  /** The parent of such a commit; undefined for any other commit. */
  parentOf(repository: string, sha: string): string | undefined;
  wrote(repository: string, sha: string, parent: string): Promise<void>;
}

const longestChain = 100;

/**
 * The commits that the bot has pushed itself, recognized by their ids, since its name and e-mail can be forged. If a crash prevented saving
 * the id, the commit counts as anybody's, and so gets a run.
 */
export class OwnCommits {
  readonly #records: OwnRecords;
  readonly #writing = new Map<string, number>();

  constructor(records: OwnRecords) {
    this.#records = records;
  }

  /** Whether the bot is pushing a commit there: a new head found meanwhile may be that one. */
  isWriting(repository: string, branch: string): boolean {
    return this.#writing.has(`${repository} ${branch}`);
  }

  isOwn(repository: string, sha: string): boolean {
    return this.#records.parentOf(repository, sha) !== undefined;
  }

  /** Whether this commit and all between it and the last seen one are the bot's own. */
  isAllSince(repository: string, before: string | undefined, sha: string): boolean {
    let parent = this.#records.parentOf(repository, sha);
    for (let depth = 0; parent !== undefined && depth < longestChain; depth += 1) {
      if (parent === before) return true;
      parent = this.#records.parentOf(repository, parent);
    }
    return false;
  }

  /** Writes a change, and records the resulting commit. */
  async write(repository: Repository, change: FileChange, act: () => Promise<WrittenChange>): Promise<WrittenChange> {
    const place = `${repository.name} ${change.branch}`;
    this.#writing.set(place, (this.#writing.get(place) ?? 0) + 1);
    try {
      const written = await act();
      if (written.kind === 'commit' && written.parent !== undefined)
        await this.#records.wrote(repository.name, written.sha, written.parent);
      return written;
    } finally {
      const left = (this.#writing.get(place) ?? 1) - 1;
      if (left > 0) this.#writing.set(place, left);
      else this.#writing.delete(place);
    }
  }
}
