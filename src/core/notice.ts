/** What every notice has: it is posted once in the channel of a repository. */
interface Noticed {
  /** Random; identifies the post in Slack, to tell whether it was already sent. */
  readonly uid: string;
  readonly repository: string;
  /** Channel as configured. */
  readonly channel: string;
  /** ISO 8601. */
  readonly at: string;
  /** `owed`: not posted yet; `intended`: saved before the post, which may have succeeded. */
  readonly state: 'owed' | 'intended';
}

/** Branches whose new commits got no run because too many came at once. */
export interface LeftOutNotice extends Noticed {
  /** How many branches there are, … */
  readonly count: number;
  /** … the first of them by name, … */
  readonly branches: readonly string[];
  /** … and how many new runs of a repository one poll starts. */
  readonly limit: number;
}

/** A repository cannot be polled, so its commits start no runs; or it can be again. */
export interface PollNotice extends Noticed {
  /** ISO 8601: since when it could not be polled. */
  readonly since: string;
  /** Why, in sentences; absent if it can be polled again. */
  readonly problem?: string;
}

export type Notice = LeftOutNotice | PollNotice;

/** What is new in a notice about branches that got no run. */
export type LeftOut = Omit<LeftOutNotice, 'count' | 'state'>;

const mostNamed = 10;

/** The repository's pending notice extended by the branches of one more poll; notices that may already be posted are not changed. */
export function withBranches(notices: readonly Notice[], more: LeftOut): readonly Notice[] {
  const owed = notices.find(
    (one): one is LeftOutNotice =>
      'branches' in one && one.repository === more.repository && one.channel === more.channel && one.state === 'owed',
  );
  const branches = [...(owed?.branches ?? []), ...more.branches];
  const notice: LeftOutNotice = {
    ...more,
    ...owed,
    branches: branches.slice(0, mostNamed),
    count: (owed?.count ?? 0) + more.branches.length,
    state: 'owed',
  };
  return [...notices.filter((one) => one !== owed), notice];
}

/** The notices with one more about polls; of a failure and its end, or an end and the next failure, that nobody was told yet, neither is. */
export function withPoll(notices: readonly Notice[], more: Omit<PollNotice, 'state'>): readonly Notice[] {
  const untold = notices.find((one) => 'since' in one && one.repository === more.repository && one.state === 'owed');
  return untold ? notices.filter((one) => one !== untold) : [...notices, { ...more, state: 'owed' }];
}
