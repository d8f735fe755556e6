import { cut } from '../core/text/cut.ts';

/** Bounds of an excerpt: it is read in a chat. */
export const mostLines = 20;
const longest = 300;

/** Lines as an excerpt: at most 20, the last of them, each at most 300 characters, no empty ones at its ends. */
export function excerptOf(lines: readonly string[]): string[] {
  const trimmed = lines.map((line) => cut(line.trimEnd(), longest));
  const first = trimmed.findIndex((line) => line !== '');
  if (first < 0) return [];
  return trimmed.slice(first, trimmed.findLastIndex((line) => line !== '') + 1).slice(-mostLines);
}

/** The last few of the things that were added. */
export class Tail<T> {
  readonly #size: number;
  readonly #items: T[] = [];

  constructor(size: number) {
    this.#size = size;
  }

  add(item: T): void {
    this.#items.push(item);
    // Cut in blocks: taking the first off an array for every line is slow.
    if (this.#items.length >= this.#size * 2) this.#items.splice(0, this.#items.length - this.#size);
  }

  items(): readonly T[] {
    return this.#items.slice(-this.#size);
  }
}
