import type { Run } from '../run/run.ts';
import { plainWord } from './plain-words.ts';

/** What a user was shown of a release: short commit and tag. */
export interface Shown {
  readonly commit: string;
  readonly tag: string;
}

/** An image tag has at most 128 characters (OCI distribution specification); a tag used only in git may be longer. */
const longestTag = 250;

/** Splits the words after a run: commit and tag count as what was shown only if both are present and well-formed; the rest is free text. */
export function shownIn(run: Run, words: readonly string[]): { shown?: Shown; rest: readonly string[] } {
  const [commit = '', tag = ''] = words.slice(0, 2).map((word) => plainWord(word, '[tag]'));
  if (!/^[0-9a-f]{7,64}$/i.test(commit) || !isTag(tag)) return { rest: words };
  const known = run.commit.sha.startsWith(commit.toLowerCase());
  return { shown: { commit: known ? run.commit.sha.slice(0, 7) : commit.toLowerCase(), tag }, rest: words.slice(2) };
}

/** One word with a version in it. */
function isTag(word: string): boolean {
  return word.length <= longestTag && !/\s/.test(word) && /\d\.\d+\.\d/.test(word);
}
