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
