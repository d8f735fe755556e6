/** What each part of the bot lacks to be ready; undefined: nothing. */
export class Readiness {
  readonly #parts: Map<string, () => string | undefined>;

  /** @param parts what each lacks until it says so itself */
  constructor(parts: Readonly<Record<string, string>>) {
    this.#parts = new Map(Object.entries(parts).map(([name, lacks]) => [name, () => lacks]));
  }

  /** Lets a part say itself what it lacks, from now on. */
  ask(name: string, lacks: () => string | undefined): void {
    this.#parts.set(name, lacks);
  }

  /** It is done, and is not spoken of any more. */
  done(name: string): void {
    this.#parts.delete(name);
  }

  parts(): Readonly<Record<string, string | undefined>> {
    return Object.fromEntries([...this.#parts].map(([name, lacks]) => [name, lacks()]));
  }
}
