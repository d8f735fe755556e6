/** Items in an order that does not change while they are in it. Finding one takes a binary search; none stands in it twice. */
export class SortedList<T> {
  readonly #compare: (a: T, b: T) => number;
  readonly #items: T[] = [];

  /** @param compare 0 for the same item alone */
  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  get length(): number {
    return this.#items.length;
  }

  get items(): readonly T[] {
    return this.#items;
  }

  /** Adds an item, or puts it in the place of the same one. Gives that place. */
  put(item: T): number {
    const place = this.place(item);
    this.#items.splice(place, this.#isAt(place, item) ? 1 : 0, item);
    return place;
  }

  /** Takes an item out. Gives the place that it had; undefined where it was not there. */
  drop(item: T): number | undefined {
    const place = this.place(item);
    if (!this.#isAt(place, item)) return undefined;
    this.#items.splice(place, 1);
    return place;
  }

  /** How many items come before this one, whether it is there or not. */
  place(item: T): number {
    let low = 0;
    let high = this.#items.length;
    const last = this.#items[high - 1];
    // Mostly the newest is added.
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
