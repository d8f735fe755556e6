import { messageOf } from '../../core/errors.ts';
import type { RunBook } from '../../core/run/run-book.ts';
import { Backoff } from '../../core/time/backoff.ts';

/** What finding orphans needs from the cluster. */
export interface Namespaces {
  /** Those of this installation; `phase`: Active or Terminating. */
  namespaces(): Promise<readonly { readonly name: string; readonly runId?: string; readonly runUid?: string; readonly phase: string }[]>;
  /** A missing namespace is no error. @throws ClusterError if the namespace does not have this run's uid */
  deleteNamespace(name: string, runUid: string): Promise<void>;
}

/** What looking for orphans needs from outside. */
export interface OrphanPorts {
  readonly cluster: Namespaces;
  readonly log: (message: string) => void;
}

export interface OrphanOptions extends OrphanPorts {
  readonly book: Pick<RunBook, 'all'>;
  /** Milliseconds from one sweep to the next. */
  readonly everyMs?: number;
  /** Milliseconds until the first retry after a failure; doubled with every failure, up to `everyMs`. */
  readonly againMs?: number;
}

/** Deletes the namespaces of runs whose file is gone or was set aside: no run cleans them up any more, and their Jobs may occupy GPUs. */
export class Orphans {
  readonly #options: OrphanOptions;
  readonly #everyMs: number;
  readonly #backoff: Backoff;
  /** What the previous sweep has logged. */
  #said = new Set<string>();
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: OrphanOptions) {
    this.#options = options;
    this.#everyMs = options.everyMs ?? 3_600_000;
    this.#backoff = new Backoff({ firstMs: options.againMs ?? 15_000, mostMs: this.#everyMs });
  }

  /** Sweeps now, and then periodically until `stop`. */
  async begin(): Promise<void> {
    if (this.#stopped) return;
    const failed = await this.#sweep();
    if (failed.length === 0) this.#backoff.wentWell();
    const wait = failed.length === 0 ? this.#everyMs : this.#backoff.failed();
    if (this.#stopped) return;
    for (const why of failed.filter((one) => !this.#said.has(one)))
      this.#options.log(`orphaned objects in the cluster: ${why}; retrying in ${Math.round(wait / 1000)} s`);
    this.#said = new Set(failed);
    this.#timer = setTimeout(() => void this.begin(), wait);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** What failed, in words. */
  async #sweep(): Promise<string[]> {
    const { book, cluster, log } = this.#options;
    const failed: string[] = [];
    try {
      // A run is in the book before its namespace is created: the book is read after the list, or a new namespace would seem orphaned.
      const found = await cluster.namespaces();
      const known = new Set(book.all().map(({ uid }) => uid));
      const strangers = found.filter(({ runUid, phase }) => runUid !== undefined && !known.has(runUid) && phase !== 'Terminating');
      if (known.size === 0 && strangers.length > 0) {
        // More likely the folder of another installation, or a lost volume, than that all runs are gone: a person has to check.
        log(`no runs are known, yet there are ${strangers.length} run namespaces, such as ${strangers[0]?.name}: leaving them alone`);
        return failed;
      }
      for (const { name, runId = 'without id', runUid = '' } of strangers) {
        if (this.#stopped) break;
        try {
          await cluster.deleteNamespace(name, runUid);
          log(`deleting namespace ${name}: its run ${runId} (${runUid}) no longer exists`);
        } catch (error) {
          failed.push(messageOf(error));
        }
      }
    } catch (error) {
      failed.push(messageOf(error));
    }
    return failed;
  }
}
