import type { Watched } from '../../core/config.ts';
import { branchPatterns } from '../../core/git/branch-patterns.ts';

/** Branch → commit. */
export type Heads = Readonly<Record<string, string>>;

/** A branch whose head was not seen before. */
export interface NewHead {
  readonly branch: string;
  readonly sha: string;
}

/**
 * Branches whose head is not the one that was last seen: first those named in the configuration, then those that were known before, then
 * new ones, each by name. However many new branches somebody pushes, they do not come before those that people work on.
 */
export function newHeads({ branches }: Pick<Watched, 'branches'>, seen: Heads, heads: Heads): NewHead[] {
  const named = new Set(branches);
  const rank = ({ branch }: NewHead) => (named.has(branch) ? 0 : Object.hasOwn(seen, branch) ? 1 : 2);
  return Object.entries(heads)
    .filter(([branch, sha]) => !Object.hasOwn(seen, branch) || seen[branch] !== sha)
    .map(([branch, sha]) => ({ branch, sha }))
    .sort((a, b) => rank(a) - rank(b) || (a.branch < b.branch ? -1 : 1));
}

/**
 * The heads that are visible only because the configuration changed, and so do not count as new commits: those that the patterns of the
 * last poll did not match; all, if that poll used another address.
 */
export function headsInView(before: Watched, now: Watched, heads: Heads): Heads {
  if (before.git !== now.git) return heads;
  const { matches } = branchPatterns(before.branches);
  return Object.fromEntries(Object.entries(heads).filter(([branch]) => !matches(branch)));
}

export function headsOf(heads: readonly NewHead[]): Heads {
  return Object.fromEntries(heads.map(({ branch, sha }) => [branch, sha]));
}

/** The names of the first ten branches. */
export function some(heads: Heads): string {
  const branches = Object.keys(heads).sort();
  return `${branches.slice(0, 10).join(', ')}${branches.length > 10 ? ', …' : ''}`;
}
