import type { Repository } from '../../core/config.ts';
import { UserError } from '../../core/errors.ts';
import { quoted } from '../../core/text/quoted.ts';
import type { Heads } from './new-commits.ts';

/** The branch that a person means, by default the main one, with its head commit. @throws UserError */
export function headOf(repository: Repository, heads: Heads, wanted: string | undefined): { branch: string; sha: string } {
  const branch = wanted ?? defaultBranch(repository, heads);
  const sha = Object.hasOwn(heads, branch) ? heads[branch] : undefined;
  if (!sha) throw new UserError(`${repository.name} has no watched branch ${quoted(branch)}. ${branchList(heads)}`);
  return { branch, sha };
}

function defaultBranch(repository: Repository, heads: Heads): string {
  const plain = repository.branches.find((branch) => !/[*?[]/.test(branch) && heads[branch]);
  const [only, ...others] = Object.keys(heads);
  if (plain) return plain;
  if (only && others.length === 0) return only;
  throw new UserError(`Which branch of ${repository.name}? ${branchList(heads)}`);
}

function branchList(heads: Heads): string {
  const names = Object.keys(heads);
  if (names.length === 0) return 'No branch there matches the configuration.';
  return `Watched branches: ${names
    .slice(0, 10)
    .map((name) => `\`${name}\``)
    .join(', ')}${names.length > 10 ? ` and ${names.length - 10} more` : ''}.`;
}
