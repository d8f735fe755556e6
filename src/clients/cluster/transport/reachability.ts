const patienceMs = 3_000;

/** Reports when a source has been down for more than a moment, and when all are up again. Short interruptions are not reported. */
export class Reachability {
  readonly #say: (message: string | undefined) => void;
  readonly #patienceMs: number;
  readonly #down = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;
  #reported: string | undefined;

  constructor(say: (message: string | undefined) => void, wait = patienceMs) {
    this.#say = say;
    this.#patienceMs = wait;
  }

  down(source: string, message: string): void {
    this.#down.set(source, message);
    if (this.#reported !== undefined) this.#report();
    else this.#timer ??= setTimeout(() => this.#report(), this.#patienceMs);
  }

  up(source: string): void {
    this.#down.delete(source);
    if (this.#down.size > 0) return;
    this.stop();
    this.#report();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #report(): void {
    const [message] = this.#down.values();
    if (message === this.#reported) return;
    this.#reported = message;
    this.#say(message);
  }
}
