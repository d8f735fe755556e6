import type { GitRules, Repository } from '../core/config.ts';
import { messageOf } from '../core/errors.ts';
import { type Heads, headsInView, newHeads } from './changes.ts';
import type { Git, Requests, SeenHeads } from './requests.ts';
import { spoken } from './requests.ts';

export interface PollOptions {
  readonly repositories: readonly Repository[];
  readonly rules: GitRules;
  readonly git: Git;
  readonly seen: SeenHeads;
  readonly requests: Pick<Requests, 'begin'>;
  readonly now: () => Date;
  readonly log: (message: string) => void;
}

export interface PollResult {
  readonly at: string;
  readonly error?: string;
}

/** Asks every repository for its heads and begins a run for each new commit. */
export class Poller {
  readonly #options: PollOptions;
  /** How the last poll of each repository went. */
  readonly results = new Map<string, PollResult>();

  constructor(options: PollOptions) {
    this.#options = options;
  }

  async pollAll(): Promise<void> {
    await Promise.all(this.#options.repositories.map((repository) => this.poll(repository)));
  }

  /** Never throws: what went wrong is in `results` and in the log, once. */
  async poll(repository: Repository): Promise<void> {
    const at = this.#options.now().toISOString();
    const before = this.results.get(repository.name)?.error;
    try {
      await this.#look(repository);
      this.results.set(repository.name, { at });
      if (before) this.#options.log(`poll of ${repository.name}: goes well again`);
    } catch (error) {
      this.results.set(repository.name, { at, error: messageOf(error) });
      if (before !== messageOf(error)) this.#options.log(`poll of ${repository.name}: ${messageOf(error)}`);
    }
  }

  async #look(repository: Repository): Promise<void> {
    const { git, seen, log } = this.#options;
    const heads = await git.heads(repository);
    if (!seen.seen(repository.name)) {
      log(`${repository.name}: seen for the first time, branches ${some(heads)}; the next commit starts a run`);
      return seen.saw(repository.name, heads, repository);
    }
    const known = await this.#known(repository, heads);
    const problems: unknown[] = [];
    for (const head of newHeads(known, heads)) await this.#begin(repository, head).catch((error) => problems.push(error));
    const gone = Object.keys(seen.seen(repository.name) ?? {}).some((branch) => !Object.hasOwn(heads, branch));
    if (gone) await seen.saw(repository.name, onlyKnown(seen.seen(repository.name) ?? {}, heads));
    // One branch that cannot be read does not hold up the others; it is tried again at the next poll.
    if (problems.length > 0) throw problems[0];
  }

  /**
   * What was seen before, with the branches that only a change of the configuration has brought into view. They are saved in one stroke
   * with that change: a crash leaves both or neither, and a new commit of a branch that was watched before is news either way.
   */
  async #known(repository: Repository, heads: Heads): Promise<Heads> {
    const { seen, log } = this.#options;
    const before = seen.watched(repository.name);
    const inView = before ? headsInView(before, repository, heads) : {};
    const known = { ...seen.seen(repository.name), ...inView };
    await seen.saw(repository.name, known, repository);
    const count = Object.keys(inView).length;
    if (count > 0) {
      const why = before?.git === repository.git ? 'its patterns have changed' : 'its address has changed';
      log(
        `${repository.name}: ${why}, ${count === 1 ? '1 branch is' : `${count} branches are`} seen for the first time: ${some(inView)}; the next commit of each starts a run`,
      );
    }
    return known;
  }

  async #begin(repository: Repository, { branch, sha }: { branch: string; sha: string }): Promise<void> {
    const { git, seen, rules, requests, log } = this.#options;
    const commit = await git.commit(repository, branch, sha);
    if (commit.author?.email === rules.botEmail) log(`${repository.name} ${branch}: ${spoken(commit)} is the bot's own, it starts no run`);
    else {
      const { run, isNew } = await requests.begin(repository, branch, commit, { kind: 'commit' });
      if (isNew) log(`${run.id}: ${repository.name} ${branch} ${spoken(commit)}`);
    }
    // After the run is saved, not before: a crash in between finds the same commit again, and the same run.
    await seen.saw(repository.name, { ...seen.seen(repository.name), [branch]: sha });
  }
}

/** The first ten of the branches. */
function some(heads: Heads): string {
  const branches = Object.keys(heads).sort();
  return `${branches.slice(0, 10).join(', ')}${branches.length > 10 ? ', …' : ''}`;
}

/** What was seen, without the branches that are gone. */
function onlyKnown(known: Heads, heads: Heads): Heads {
  return Object.fromEntries(Object.entries(known).filter(([branch]) => Object.hasOwn(heads, branch)));
}
