/** Items in an order that must not change while they are in the list. Lookup is a binary search; no item occurs twice. */
export class SortedList<T> {
  readonly #compare: (a: T, b: T) => number;
  readonly #items: T[] = [];

  /** @param compare 0 only for the same item */
  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  get length(): number {
    return this.#items.length;
  }

  get items(): readonly T[] {
    return this.#items;
  }

  /** Adds an item, or replaces the same one. Returns its position. */
  put(item: T): number {
    const place = this.place(item);
    this.#items.splice(place, this.#isAt(place, item) ? 1 : 0, item);
    return place;
  }

  /** Removes an item. Returns the position it had; undefined if it was not there. */
  drop(item: T): number | undefined {
    const place = this.place(item);
    if (!this.#isAt(place, item)) return undefined;
    this.#items.splice(place, 1);
    return place;
  }

  /** How many items come before this one, whether or not it is in the list. */
  place(item: T): number {
    let low = 0;
    let high = this.#items.length;
    const last = this.#items[high - 1];
    // Usually the newest item is added.
    if (last !== undefined && this.#compare(last, item) < 0) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const found = this.#items[middle];
      if (found !== undefined && this.#compare(found, item) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #isAt(place: number, item: T): boolean {
    const found = this.#items[place];
    return found !== undefined && this.#compare(found, item) === 0;
  }
}
