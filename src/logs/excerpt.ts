import { cut } from '../core/text/cut.ts';

/** Limits of an excerpt, which is read in chat. */
export const mostLines = 20;
const longest = 300;

/** An excerpt of lines: at most the last 20, each at most 300 characters, without empty lines at the start and end. */
export function excerptOf(lines: readonly string[]): string[] {
  const trimmed = lines.map((line) => cut(line.trimEnd(), longest));
  const first = trimmed.findIndex((line) => line !== '');
  if (first < 0) return [];
  return trimmed.slice(first, trimmed.findLastIndex((line) => line !== '') + 1).slice(-mostLines);
}

/** Keeps the last `size` items that were added. */
export class Tail<T> {
  readonly #size: number;
  readonly #items: T[] = [];

  constructor(size: number) {
    this.#size = size;
  }

  add(item: T): void {
    this.#items.push(item);
    // Trimmed in blocks: shifting the array for every line is slow.
    if (this.#items.length >= this.#size * 2) this.#items.splice(0, this.#items.length - this.#size);
  }

  items(): readonly T[] {
    return this.#items.slice(-this.#size);
  }
}
