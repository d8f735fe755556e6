/** Branches whose new commits got no run, since too many came at once: what the repository's channel is told, once. */
export interface Notice {
  /** Random; proves in chat that it was told already. */
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
  /** `intended`: saved before the post; the post may have landed. */
  readonly state: 'owed' | 'intended';
}

const mostNamed = 10;

/** What is owed of a repository with the branches of one more poll; what may have been told already is not touched. */
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
