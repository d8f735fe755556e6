import type { Repository } from '../../core/config.ts';
import type { FileChange, WrittenChange } from '../../core/version/file-change.ts';

/** Where it is kept which commits are the bot's own. */
export interface OwnRecords {
  /** What such a commit stands on; undefined for any other. */
  parentOf(repository: string, sha: string): string | undefined;
  wrote(repository: string, sha: string, parent: string): Promise<void>;
}

const longestChain = 100;

/**
 * The commits that the bot has pushed itself, known by their ids: anybody can write its name and e-mail into a commit. One whose push was not
 * saved any more counts as anybody's, and so has its run.
 */
export class OwnCommits {
  readonly #records: OwnRecords;
  readonly #writing = new Map<string, number>();

  constructor(records: OwnRecords) {
    this.#records = records;
  }

  /** Whether a commit is being pushed there: what is found there meanwhile may be it. */
  isWriting(repository: string, branch: string): boolean {
    return this.#writing.has(`${repository} ${branch}`);
  }

  isOwn(repository: string, sha: string): boolean {
    return this.#records.parentOf(repository, sha) !== undefined;
  }

  /** Whether nothing but commits of the bot's own lies between what was seen before and this commit. */
  isAllSince(repository: string, before: string | undefined, sha: string): boolean {
    let parent = this.#records.parentOf(repository, sha);
    for (let depth = 0; parent !== undefined && depth < longestChain; depth += 1) {
      if (parent === before) return true;
      parent = this.#records.parentOf(repository, parent);
    }
    return false;
  }

  /** Writes a change, and remembers the commit that it has become. */
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
