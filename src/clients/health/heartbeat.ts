const headBytes = 8;
const noteBytes = 512;

/** Memory shared by two threads: a counter that one increments while its event loop runs, and a note of what it started last. */
export class Heartbeat {
  readonly memory: SharedArrayBuffer;
  /** The counter, and the size of the note in bytes. */
  readonly #head: Int32Array;
  readonly #note: Uint8Array;

  constructor(memory = new SharedArrayBuffer(headBytes + noteBytes)) {
    this.memory = memory;
    this.#head = new Int32Array(memory, 0, 2);
    this.#note = new Uint8Array(memory, headBytes);
  }

  beat(): void {
    Atomics.add(this.#head, 0, 1);
  }

  get beats(): number {
    return Atomics.load(this.#head, 0);
  }

  /** Stores the beginning of a text. */
  note(text: string): void {
    const bytes = Buffer.from(text.slice(0, noteBytes)).subarray(0, noteBytes);
    this.#note.set(bytes);
    Atomics.store(this.#head, 1, bytes.length);
  }

  get noted(): string {
    return Buffer.from(this.#note.slice(0, Atomics.load(this.#head, 1))).toString('utf8');
  }
}
