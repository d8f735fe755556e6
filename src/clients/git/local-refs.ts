import { messageOf, UserError } from '../../core/errors.ts';
import { type GitCli, git } from './git-cli.ts';

/**
 * Full name of every branch and tag → commit, of a repository in a folder.
 * @throws UserError where the folder is no repository, GitError otherwise
 */
export async function localRefs(cli: GitCli, path: string): Promise<ReadonlyMap<string, string>> {
  try {
    const printed = await git(cli, ['ls-remote', '--heads', '--tags', '--quiet', '--', path], { protocols: 'file', timeoutMs: 30_000 });
    const refs = new Map<string, string>();
    for (const { groups: found } of printed.matchAll(/^(?<sha>[0-9a-f]+)\t(?<ref>.+)$/gm)) {
      // What a tag points to comes after the tag.
      if (found?.sha && found.ref) refs.set(found.ref.replace(/\^\{\}$/, ''), found.sha);
    }
    return refs;
  } catch (error) {
    if (!/does not appear to be a git repository/.test(messageOf(error))) throw error;
    throw new UserError(`${path} is no git repository: give the folder that \`git clone\` takes.`, { cause: error });
  }
}
