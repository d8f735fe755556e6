import { quoted } from './quoted.ts';

/** A longer word is no typo, and comparing it would be slow. */
const longest = 64;

/** The candidates most similar to the word, best first: those that start with it, then those a few typos away. */
export function nearest(word: string, candidates: readonly string[], most = 3): string[] {
  if (word.length > longest) return [];
  const wanted = word.toLowerCase();
  const reach = Math.min(3, Math.floor(wanted.length / 2));
  return candidates
    .map((candidate) => ({ candidate, distance: likeness(wanted, candidate.toLowerCase(), reach) }))
    .filter(({ distance }) => distance <= reach)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, most)
    .map(({ candidate }) => candidate);
}

/** ` Did you mean …?` with the most similar candidate; empty if none is similar. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const [near] = nearest(word, candidates, 1);
  return near === undefined ? '' : ` Did you mean ${quoted(near)}?`;
}

function likeness(word: string, candidate: string, reach: number): number {
  if (word.length > 1 && candidate.startsWith(word)) return 0;
  // At least this many insertions are needed; there may be thousands of candidates.
  const difference = Math.abs(word.length - candidate.length);
  return difference > reach ? difference : editDistance(word, candidate);
}

/** Insertions, deletions and replacements between two words (Levenshtein 1966, row by row as in Wagner and Fischer 1974). */
export function editDistance(from: string, to: string): number {
  let above = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [row, character] of [...from].entries()) {
    const current = [row + 1];
    for (const [column, other] of [...to].entries()) {
      const replaced = (above[column] ?? 0) + (character === other ? 0 : 1);
      current.push(Math.min(replaced, (above[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1));
    }
    above = current;
  }
  return above.at(-1) ?? 0;
}
