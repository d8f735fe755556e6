import type { GitRules, Repository } from '../core/config.ts';
import { messageOf } from '../core/errors.ts';
import { type Heads, newHeads } from './changes.ts';
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
    const known = seen.seen(repository.name);
    if (!known) {
      log(
        `${repository.name}: seen for the first time, branches ${Object.keys(heads).sort().slice(0, 10).join(', ')}; the next commit starts a run`,
      );
      return seen.saw(repository.name, heads);
    }
    const problems: unknown[] = [];
    for (const head of newHeads(known, heads)) await this.#begin(repository, head).catch((error) => problems.push(error));
    const gone = Object.keys(seen.seen(repository.name) ?? {}).some((branch) => !Object.hasOwn(heads, branch));
    if (gone) await seen.saw(repository.name, onlyKnown(seen.seen(repository.name) ?? {}, heads));
    // One branch that cannot be read does not hold up the others; it is tried again at the next poll.
    if (problems.length > 0) throw problems[0];
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

/** What was seen, without the branches that are gone. */
function onlyKnown(known: Heads, heads: Heads): Heads {
  return Object.fromEntries(Object.entries(known).filter(([branch]) => Object.hasOwn(heads, branch)));
}
