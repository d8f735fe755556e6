/** Somebody holds releases up: of one repository, or of all. */
export interface Freeze {
  /** Absent: of all repositories. */
  readonly repository?: string;
  readonly reason: string;
  /** Slack user id. */
  readonly by: string;
  readonly at: string;
}

/** The freeze that holds a repository's releases; one of its own says more than one of all. */
export function freezeOf(freezes: readonly Freeze[], repository: string): Freeze | undefined {
  return freezes.find((freeze) => freeze.repository === repository) ?? freezes.find((freeze) => freeze.repository === undefined);
}

/** The freezes with this one in place of an older one of the same repository. */
export function withFreeze(freezes: readonly Freeze[], added: Freeze): Freeze[] {
  return [...withoutFreeze(freezes, added.repository), added];
}

/** The freezes without the one of this repository (or of all, where none is named). */
export function withoutFreeze(freezes: readonly Freeze[], repository: string | undefined): Freeze[] {
  return freezes.filter((freeze) => freeze.repository !== repository);
}
