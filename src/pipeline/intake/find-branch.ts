import type { Config, Repository } from '../../core/config.ts';
import { UserError } from '../../core/errors.ts';
import { nearest } from '../../core/text/nearest.ts';
import { quoted } from '../../core/text/quoted.ts';
import type { Heads } from './new-commits.ts';

/** The repository that people call by its name or short name. @throws UserError where there is none */
export function repositoryNamed({ repositories }: Pick<Config, 'repositories'>, name: string): Repository {
  const found = repositories.find((one) => one.name === name || one.short === name);
  if (found) return found;
  const names = repositories.map((one) => one.name);
  const [near] = nearest(name, names, 1);
  const meant = near ? ` Did you mean \`${near}\`?` : '';
  throw new UserError(`There is no repository ${quoted(name)}.${meant} Configured: ${names.map((one) => `\`${one}\``).join(', ')}.`);
}

/** The branch that a person means, the main one where they name none, with its commit. @throws UserError */
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
  return `Watched are: ${names
    .slice(0, 10)
    .map((name) => `\`${name}\``)
    .join(', ')}${names.length > 10 ? ` and ${names.length - 10} more` : ''}.`;
}
