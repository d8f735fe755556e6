import { messageOf, UserError } from '../../../core/errors.ts';
import type { Source } from '../commit-cache.ts';
import { type GitCli, git } from './git-cli.ts';

/**
 * Full name of every branch and tag → commit, as the git program lists them: of a repository in a folder, or behind ssh.
 * @throws UserError where there is no repository, GitError otherwise
 */
export async function programRefs(cli: GitCli, source: Source): Promise<ReadonlyMap<string, string>> {
  const { address } = source;
  try {
    const printed = await git(cli, ['ls-remote', '--heads', '--tags', '--quiet', '--', address], { ...source, timeoutMs: 30_000 });
    const refs = new Map<string, string>();
    for (const { groups: found } of printed.matchAll(/^(?<sha>[0-9a-f]+)\t(?<ref>.+)$/gm)) {
      // What a tag points to comes after the tag.
      if (found?.sha && found.ref) refs.set(found.ref.replace(/\^\{\}$/, ''), found.sha);
    }
    return refs;
  } catch (error) {
    // Said of a host too that could not be asked, which is told before.
    if (source.protocols !== 'file' || !/does not appear to be a git repository/.test(messageOf(error))) throw error;
    throw new UserError(`${address} is not a git repository: use the address that \`git clone\` takes.`, { cause: error });
  }
}
