/** A freeze on releases: of one repository, or of all. */
export interface Freeze {
  /** Absent: all repositories. */
  readonly repository?: string;
  readonly reason: string;
  /** Slack user id. */
  readonly by: string;
  readonly at: string;
}

/** The freeze that applies to a repository; its own takes precedence over one of all repositories. */
export function freezeOf(freezes: readonly Freeze[], repository: string): Freeze | undefined {
  return freezes.find((freeze) => freeze.repository === repository) ?? freezes.find((freeze) => freeze.repository === undefined);
}

/** The freezes with this one added, replacing an older one of the same repository. */
export function withFreeze(freezes: readonly Freeze[], added: Freeze): Freeze[] {
  return [...withoutFreeze(freezes, added.repository), added];
}

/** The freezes without that of this repository (or of all, if none is named). */
export function withoutFreeze(freezes: readonly Freeze[], repository: string | undefined): Freeze[] {
  return freezes.filter((freeze) => freeze.repository !== repository);
}
