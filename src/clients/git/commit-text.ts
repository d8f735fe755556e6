import type { Commit } from '../../core/run/run.ts';
import { plainLine } from '../../core/text/plain-line.ts';
import { inQuotes } from '../../core/text/quoted.ts';

/** The format (git-rev-list(1)) that `readCommit` reads: fields separated by NUL, which no field can contain. */
export const commitFormat = '%H%x00%an%x00%ae%x00%aI%x00%s';

/** @throws Error if git printed something else */
export function readCommit(printed: string, sha: string): Commit {
  const [hash, name = '', email = '', date = '', subject = ''] = printed.replace(/\n$/, '').split('\0');
  if (hash !== sha) throw new Error(`git showed ${inQuotes(hash ?? '')} where commit ${sha} was asked for`);
  return { sha, subject: plainLine(subject), author: { name: plainLine(name), email: plainLine(email) }, date };
}
