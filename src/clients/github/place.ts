import { UserError } from '../../core/errors.ts';

/** A repository in the form that Octokit expects. */
export type GithubRepository = { readonly owner: string; readonly repo: string };

/** @throws UserError if `github` is not owner/name */
export function repositoryOf(github: string): GithubRepository {
  const found = /^(?<owner>[\w.-]+)\/(?<repo>[\w.-]+)$/.exec(github)?.groups;
  if (!found?.owner || !found.repo || /^\.+$/.test(found.owner) || /^\.+$/.test(found.repo))
    throw new UserError(`${JSON.stringify(github)} is not a GitHub repository: write owner/name.`);
  return { owner: found.owner, repo: found.repo };
}
