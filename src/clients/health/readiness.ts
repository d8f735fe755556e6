/** What each part of the bot is missing to be ready; undefined if it is ready. */
export class Readiness {
  readonly #parts: Map<string, () => string | undefined>;

  /** @param parts what each part is missing until it is registered with `ask` */
  constructor(parts: Readonly<Record<string, string>>) {
    this.#parts = new Map(Object.entries(parts).map(([name, lacks]) => [name, () => lacks]));
  }

  /** From now on, asks the part itself what it is missing. */
  ask(name: string, lacks: () => string | undefined): void {
    this.#parts.set(name, lacks);
  }

  /** Removes a part that is done. */
  done(name: string): void {
    this.#parts.delete(name);
  }

  parts(): Readonly<Record<string, string | undefined>> {
    return Object.fromEntries([...this.#parts].map(([name, lacks]) => [name, lacks()]));
  }
}
