/** Branches whose new commits got no run because too many came at once: announced once in the repository's channel. */
export interface Notice {
  /** Random; identifies the post in Slack, to tell whether it was already sent. */
  readonly uid: string;
  readonly repository: string;
  /** Channel as configured. */
  readonly channel: string;
  /** ISO 8601. */
  readonly at: string;
  /** How many branches there are, … */
  readonly count: number;
  /** … the first of them by name, … */
  readonly branches: readonly string[];
  /** … and how many new runs of a repository one poll starts. */
  readonly limit: number;
  /** `owed`: not posted yet; `intended`: saved before the post, which may have succeeded. */
  readonly state: 'owed' | 'intended';
}

const mostNamed = 10;

/** The repository's pending notice extended by the branches of one more poll; notices that may already be posted are not changed. */
export function withBranches(notices: readonly Notice[], more: Omit<Notice, 'count' | 'state'>): readonly Notice[] {
  const owed = notices.find(
    ({ repository, channel, state }) => repository === more.repository && channel === more.channel && state === 'owed',
  );
  const branches = [...(owed?.branches ?? []), ...more.branches];
  const notice: Notice = {
    ...more,
    ...owed,
    branches: branches.slice(0, mostNamed),
    count: (owed?.count ?? 0) + more.branches.length,
    state: 'owed',
  };
  return [...notices.filter((one) => one !== owed), notice];
}
