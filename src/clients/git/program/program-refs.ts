import { messageOf, UserError } from '../../../core/errors.ts';
import type { Source } from '../commit-cache.ts';
import { type GitCli, git } from './git-cli.ts';

/**
 * Full name of every branch and tag → commit, as listed by the git program: for a repository in a folder, or accessed over ssh.
 * @throws UserError if there is no repository, GitError otherwise
 */
export async function programRefs(cli: GitCli, source: Source): Promise<ReadonlyMap<string, string>> {
  const { address } = source;
  try {
    const printed = await git(cli, ['ls-remote', '--heads', '--tags', '--quiet', '--', address], { ...source, timeoutMs: 30_000 });
    const refs = new Map<string, string>();
    for (const { groups: found } of printed.matchAll(/^(?<sha>[0-9a-f]+)\t(?<ref>.+)$/gm)) {
      // The peeled tag comes after the tag.
      if (found?.sha && found.ref) refs.set(found.ref.replace(/\^\{\}$/, ''), found.sha);
    }
    return refs;
  } catch (error) {
    // git prints the same for an unreachable host, after the actual error.
    if (source.protocols !== 'file' || !/does not appear to be a git repository/.test(messageOf(error))) throw error;
    throw new UserError(`${address} is not a git repository: use the address that \`git clone\` takes.`, { cause: error });
  }
}
