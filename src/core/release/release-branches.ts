import type { Repository } from '../config.ts';
import { branchPatterns } from '../git/branch-patterns.ts';
import { quoted } from '../text/quoted.ts';

/** The branches of a repository from which releases are offered, as patterns. */
export function releaseBranches({ branches, release }: Pick<Repository, 'branches' | 'release'>): readonly string[] {
  return release?.branches ?? branches.slice(0, 1);
}

/** Why no release of the branch is offered, as the end of a sentence; undefined if one is, or if the repository has no releases at all. */
export function notOffered(repository: Pick<Repository, 'branches' | 'release'>, branch: string): string | undefined {
  const patterns = releaseBranches(repository);
  if (!repository.release || branchPatterns(patterns).matches(branch)) return undefined;
  return `releases come from ${patterns.map(quoted).join(', ')} (\`release.branches\` in the configuration), and this branch is ${quoted(branch)}`;
}
