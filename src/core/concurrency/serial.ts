/** Runs tasks one at a time, in order of arrival. A failed task does not stop the next one from running. */
export class Serial {
  #last: Promise<unknown> = Promise.resolve();

  /** Resolves or rejects as the task does. */
  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#last.then(task);
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** Resolves when every task added so far has ended. */
  async idle(): Promise<void> {
    await this.#last;
  }
}

/** Runs tasks with the same key one at a time, those with different keys concurrently. A key is forgotten when its last task has ended. */
export class SerialByKey {
  readonly #serials = new Map<string, { readonly serial: Serial; open: number }>();

  /** Whether a task with this key is queued or running. */
  has(key: string): boolean {
    return this.#serials.has(key);
  }

  get isBusy(): boolean {
    return this.#serials.size > 0;
  }

  async run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const of = this.#serials.get(key) ?? { serial: new Serial(), open: 0 };
    this.#serials.set(key, of);
    of.open += 1;
    try {
      return await of.serial.run(task);
    } finally {
      of.open -= 1;
      if (of.open === 0) this.#serials.delete(key);
    }
  }

  /** Resolves when nothing is queued or running any more, including what is added meanwhile. */
  async idle(): Promise<void> {
    while (this.isBusy) await Promise.all([...this.#serials.values()].map(({ serial }) => serial.idle()));
  }
}

/** A task that never overlaps itself. Calls made while it is queued share that run: each caller gets one that begins after its call. */
export class Coalesced {
  readonly #task: () => Promise<void>;
  readonly #serial = new Serial();
  #waiting: Promise<void> | undefined;

  constructor(task: () => Promise<void>) {
    this.#task = task;
  }

  run(): Promise<void> {
    this.#waiting ??= this.#serial.run(() => {
      this.#waiting = undefined;
      return this.#task();
    });
    return this.#waiting;
  }

  idle(): Promise<void> {
    return this.#serial.idle();
  }
}
