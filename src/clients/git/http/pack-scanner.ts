import { createHash } from 'node:crypto';
import { inflateSync } from 'node:zlib';
import { PacketError, TooLarge } from './pkt-line.ts';

/** Far more than any commit, and what may come before it, has. */
const mostBytes = 8 * 1024 ** 2;

const header = 12;
const commitType = 1;
/** Objects stored as a difference to another one. A commit that is sent alone never is. */
const offsetDelta = 6;
const referenceDelta = 7;

/**
 * Looks for one commit in a pack while it is being received (gitformat-pack(5)): packs begin with their commits, so that the rest need not
 * be received. What is found has the requested id, so that it is whole and nothing else.
 */
export class PackScanner {
  readonly #sha: string;
  #bytes: Buffer = Buffer.alloc(0);
  #at = header;
  /** An incomplete object is not inflated again before this many bytes are there. */
  #worthTrying = 0;
  #found: Buffer | undefined;

  constructor(sha: string) {
    this.#sha = sha;
  }

  /** The text of the commit, once it was received. */
  get found(): Buffer | undefined {
    return this.#found;
  }

  /** @throws PacketError if this is not a pack, or the commit is not near its beginning */
  add(piece: Buffer): void {
    if (this.#found) return;
    this.#bytes = Buffer.concat([this.#bytes, piece]);
    if (this.#bytes.length > mostBytes) throw new TooLarge(`the commit is not in its first ${mostBytes} bytes`);
    if (this.#bytes.length >= header && this.#bytes.toString('latin1', 0, 4) !== 'PACK') throw new PacketError('it contains no pack');
    if (this.#bytes.length >= this.#worthTrying) this.#scan();
  }

  /** Everything was received. @throws PacketError if the commit was not in it */
  end(): void {
    this.#scan();
    if (!this.#found) throw new PacketError(`commit ${this.#sha} is not in it`);
  }

  #scan(): void {
    while (!this.#found && this.#at < this.#bytes.length) {
      const object = this.#object();
      if (!object) {
        this.#worthTrying = this.#at + 2 * (this.#bytes.length - this.#at);
        return;
      }
      if (object.type === commitType && this.#isWanted(object.content)) this.#found = object.content;
      this.#at = object.end;
    }
  }

  #isWanted(content: Buffer): boolean {
    const hash = createHash(this.#sha.length === 64 ? 'sha256' : 'sha1');
    return hash.update(`commit ${content.length}\0`).update(content).digest('hex') === this.#sha;
  }

  /** The next object; undefined if it was not received completely. */
  #object(): { readonly type: number; readonly content: Buffer; readonly end: number } | undefined {
    const type = ((this.#bytes[this.#at] ?? 0) >> 4) & 7;
    let start = this.#afterNumber(this.#at);
    if (type === offsetDelta) start = this.#afterNumber(start);
    if (type === referenceDelta) start += this.#sha.length / 2;
    if (start >= this.#bytes.length) return undefined;
    try {
      const options = { info: true, maxOutputLength: mostBytes } as const;
      // Types of Node lack the form of the result with `info`.
      const { buffer, engine } = inflateSync(this.#bytes.subarray(start), options) as unknown as {
        readonly buffer: Buffer;
        readonly engine: { readonly bytesWritten: number };
      };
      return { type, content: buffer, end: start + engine.bytesWritten };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'Z_BUF_ERROR') return undefined;
      throw new PacketError(`its pack cannot be read: ${(error as Error).message}`);
    }
  }

  /** Numbers have seven bits a byte, and a further one while the highest bit is set. */
  #afterNumber(start: number): number {
    let at = start;
    while (((this.#bytes[at] ?? 0) & 0x80) !== 0) at += 1;
    return at + 1;
  }
}
