import type { Low } from 'lowdb';
import type { Watched } from '../../core/config.ts';
import { type LeftOut, type Notice, type PollNotice, withBranches, withPoll } from '../../core/notice.ts';
import type { PendingBump } from '../../core/version/pending-bump.ts';
import type { LastSeen, Numbers, Vanished } from './last-seen-file.ts';

/** Performs one write if we still have the lock on the folder. */
export type Write = (stroke: () => Promise<void>) => Promise<void>;

type Heads = Readonly<Record<string, string>>;

/** Maximum number of own commits kept per repository. */
const mostOwn = 100;
/** Maximum number of vanished branches kept per repository, and of commits of each. */
const mostVanished = 5_000;
const mostCommits = 4;

/** What is stored about repositories besides their runs. */
export class LastSeenRecords {
  readonly #seen: Low<LastSeen>;
  readonly #given: Low<Numbers>;
  readonly #write: Write;

  constructor(files: { readonly lastSeen: Low<LastSeen>; readonly numbers: Low<Numbers> }, write: Write) {
    this.#seen = files.lastSeen;
    this.#given = files.numbers;
    this.#write = write;
  }

  lastSeen(repository: string): Heads | undefined {
    return own(this.#seen.data.repositories, repository);
  }

  wasAt(repository: string, branch: string, sha: string): boolean {
    return own(own(this.#seen.data.vanished ?? {}, repository) ?? {}, branch)?.includes(sha) ?? false;
  }

  watched(repository: string): Watched | undefined {
    return own(this.#seen.data.watched ?? {}, repository);
  }

  async saveLastSeen(repository: string, heads: Heads, by = this.watched(repository), leftOut?: LeftOut): Promise<void> {
    const known = this.lastSeen(repository);
    if (!leftOut && known && isSame(known, heads) && isSameWatch(this.watched(repository), by)) return;
    const { repositories, watched, notices = [], vanished = {} } = this.#seen.data;
    const before = own(vanished, repository);
    const after = withVanished(before, known ?? {}, heads);
    await this.#change({
      ...(after !== before && { vanished: { ...vanished, [repository]: after ?? {} } }),
      repositories: { ...repositories, [repository]: { ...heads } },
      ...(by && { watched: { ...watched, [repository]: { git: by.git, branches: [...by.branches] } } }),
      ...(leftOut && { notices: withBranches(notices, leftOut) }),
    });
  }

  pollProblem(repository: string): string | undefined {
    return own(this.#seen.data.pollProblems ?? {}, repository);
  }

  async savePollProblem(notice: Omit<PollNotice, 'state'>): Promise<void> {
    const { pollProblems = {} } = this.#seen.data;
    const { repository, since, problem } = notice;
    const others = Object.entries(pollProblems).filter(([name]) => name !== repository);
    const now = Object.fromEntries([...others, ...(problem === undefined ? [] : [[repository, since] as const])]);
    await this.#change({ pollProblems: now, notices: withPoll(this.notices(), notice) });
  }

  notices(): readonly Notice[] {
    return this.#seen.data.notices ?? [];
  }

  async noticed(uid: string, state: 'intended' | 'told'): Promise<void> {
    const left = this.notices().filter((one) => state === 'intended' || one.uid !== uid);
    await this.#change({ notices: left.map((one) => (one.uid === uid && state === 'intended' ? { ...one, state } : one)) });
  }

  parentOf(repository: string, sha: string): string | undefined {
    return own(own(this.#seen.data.own ?? {}, repository) ?? {}, sha);
  }

  async wrote(repository: string, sha: string, parent: string): Promise<void> {
    const { own: before = {} } = this.#seen.data;
    const commits = Object.entries(own(before, repository) ?? {}).filter(([known]) => known !== sha);
    const newest = [...commits, [sha, parent]].slice(-mostOwn);
    await this.#change({ own: { ...before, [repository]: Object.fromEntries(newest) } });
  }

  pendingBump(repository: string, branch: string): PendingBump | undefined {
    return own(own(this.#seen.data.bumps ?? {}, repository) ?? {}, branch);
  }

  async bumping(repository: string, branch: string, bump: PendingBump | undefined): Promise<void> {
    const { bumps = {} } = this.#seen.data;
    const others = Object.entries(own(bumps, repository) ?? {}).filter(([name]) => name !== branch);
    const now = Object.fromEntries([...others, ...(bump ? [[branch, bump] as const] : [])]);
    await this.#change({ bumps: { ...bumps, [repository]: now } });
  }

  /** @param least the highest number known from elsewhere */
  async nextNumber(short: string, least: number): Promise<number> {
    const { data } = this.#given;
    const number = Math.max(own(data, short) ?? 0, own(this.#seen.data.numbers, short) ?? 0, least) + 1;
    this.#given.data = { ...data, [short]: number };
    await this.#write(() => this.#given.write());
    return number;
  }

  async #change(change: Partial<LastSeen>): Promise<void> {
    this.#seen.data = { ...this.#seen.data, ...change };
    await this.#write(() => this.#seen.write());
  }
}

function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** Adds the branches that are known but no longer among the heads. */
function withVanished(before: Vanished | undefined, known: Heads, heads: Heads): Vanished | undefined {
  const gone = Object.entries(known).filter(([branch]) => !Object.hasOwn(heads, branch));
  if (gone.length === 0) return before;
  const isGone = new Set(gone.map(([branch]) => branch));
  const others = Object.entries(before ?? {}).filter(([branch]) => !isGone.has(branch));
  const added = gone.map(([branch, sha]): [string, readonly string[]] => {
    const earlier = own(before ?? {}, branch) ?? [];
    return [branch, [...earlier.filter((one) => one !== sha), sha].slice(-mostCommits)];
  });
  return Object.fromEntries([...others, ...added].slice(-mostVanished));
}

function isSameWatch(a: Watched | undefined, b: Watched | undefined): boolean {
  return a?.git === b?.git && a?.branches.join('\n') === b?.branches.join('\n');
}

function isSame(a: Heads, b: Heads): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && a[name] === b[name]);
}
