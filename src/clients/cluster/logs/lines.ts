const newline = 10;

/**
 * Splits bytes into lines, regardless of chunk boundaries; the last one needs no newline. A line longer than `maxBytes` is truncated
 * and marked as such at its end; the rest is not kept in memory.
 */
export async function* lines(chunks: AsyncIterable<Uint8Array>, maxBytes = Number.POSITIVE_INFINITY): AsyncGenerator<string> {
  let line = new Line(maxBytes);
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, from)) {
      line.add(chunk.subarray(from, at));
      yield line.text();
      line = new Line(maxBytes);
      from = at + 1;
    }
    line.add(chunk.subarray(from));
  }
  if (line.started) yield line.text();
}

class Line {
  readonly #maxBytes: number;
  readonly #pieces: Uint8Array[] = [];
  #kept = 0;
  #left = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get started(): boolean {
    return this.#kept > 0;
  }

  add(piece: Uint8Array): void {
    const kept = piece.subarray(0, Math.max(0, this.#maxBytes - this.#kept));
    if (kept.length > 0) this.#pieces.push(kept);
    this.#kept += kept.length;
    this.#left += piece.length - kept.length;
  }

  text(): string {
    const bytes = Buffer.concat(this.#pieces);
    // A streaming decoder withholds a truncated character instead of replacing it.
    if (this.#left > 0) return `${new TextDecoder().decode(bytes, { stream: true })} … (${this.#left} more bytes of this line omitted)`;
    return bytes.toString('utf8');
  }
}
