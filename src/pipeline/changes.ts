import { branchPatterns } from '../core/branch-patterns.ts';
import type { Watched } from '../core/config.ts';

/** Branch → commit. */
export type Heads = Readonly<Record<string, string>>;

/** Branches whose head is not the one that was last seen, by name. A repository that was never seen has no changes: its history is not news. */
export function newHeads(seen: Heads | undefined, heads: Heads): readonly { branch: string; sha: string }[] {
  if (!seen) return [];
  return Object.entries(heads)
    .filter(([branch, sha]) => seen[branch] !== sha)
    .map(([branch, sha]) => ({ branch, sha }))
    .sort((a, b) => a.branch.localeCompare(b.branch));
}

/**
 * The heads that only a change of the configuration has brought into view, and so are no news either: those that the patterns of the
 * last poll did not match; all, where that poll was of another address.
 */
export function headsInView(before: Watched, now: Watched, heads: Heads): Heads {
  if (before.git !== now.git) return heads;
  const { matches } = branchPatterns(before.branches);
  return Object.fromEntries(Object.entries(heads).filter(([branch]) => !matches(branch)));
}
