import { messageOf, UserError } from '../../../core/errors.ts';
import { plainLine } from '../../../core/text/plain-line.ts';
import { HalfAnswer } from '../../http/half-answer.ts';
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
    for (const line of printed.split('\n').filter(Boolean)) {
      const found = /^(?<sha>[0-9a-f]{64}|[0-9a-f]{40})\t(?<ref>.+)$/.exec(line)?.groups;
      if (!found?.sha || !found.ref) throw new HalfAnswer(address, 'its branches', `this is not a ref: ${plainLine(line, 200)}`);
      // The peeled tag comes after the tag.
      refs.set(found.ref.replace(/\^\{\}$/, ''), found.sha);
    }
    return refs;
  } catch (error) {
    // git prints the same for an unreachable host, after the actual error.
    if (source.protocols !== 'file' || !/does not appear to be a git repository/.test(messageOf(error))) throw error;
    throw new UserError(`${address} is not a git repository: use the address that \`git clone\` takes.`, { cause: error });
  }
}
