import type { Way } from '../way/way.ts';

/** Milliseconds from what a person says to the answer that this person alone sees, word by word in turn, until `enough` says so. */
export async function answered(
  way: Way,
  user: string,
  words: readonly string[],
  enough: () => boolean | Promise<boolean>,
): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; !(await enough()); i += 1) times.push(await answerTime(way, user, words[i % words.length] ?? '/cox help'));
  return times;
}

/** The same of one word. */
export async function answerTime(way: Way, user: string, words: string, ms = 120_000): Promise<number> {
  const before = way.slack.ephemerals(user).length;
  const began = performance.now();
  await way.slack.type(user, '#ci', words);
  while (way.slack.ephemerals(user).length === before) {
    if (performance.now() - began > ms) return ms;
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
  return performance.now() - began;
}

export function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
}
