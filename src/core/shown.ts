import type { Run } from './run.ts';

/** What a person was shown of a release: short commit and tag. */
export interface Shown {
  readonly commit: string;
  readonly tag: string;
}

/** Splits the words after a run: commit and tag count as what was shown only where both stand there and look so; the rest is what was said. */
export function shownIn(run: Run, words: readonly string[]): { shown?: Shown; rest: readonly string[] } {
  const [commit = '', tag = '', ...rest] = words;
  if (!/^[0-9a-f]{7,64}$/i.test(commit) || !/^\S*\d+\.\d+\.\d+\S*$/.test(tag)) return { rest: words };
  const known = run.commit.sha.startsWith(commit.toLowerCase());
  return { shown: { commit: known ? run.commit.sha.slice(0, 7) : commit.toLowerCase(), tag }, rest };
}
