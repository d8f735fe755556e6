/**
 * The lines of git's protocols: a length of four hexadecimal digits, which counts itself, then the data; 0000 to 0002 are special packets.
 * Source: gitprotocol-common(5), gitprotocol-v2(5).
 */
export type Packet = { readonly kind: 'line'; readonly bytes: Buffer } | { readonly kind: 'flush' | 'delimiter' | 'response-end' };

/** The text of a line without its end; undefined for a special packet. */
export function textOf(packet: Packet): string | undefined {
  return packet.kind === 'line' ? packet.bytes.toString('utf8').replace(/\n$/, '') : undefined;
}

export class PacketError extends Error {
  override readonly name = 'PacketError';
}

/** The server refuses the request, in its own words: an `ERR` line. */
export class RefusedByServer extends PacketError {}

/** The answer exceeds a limit. */
export class TooLarge extends PacketError {}

const marks: Readonly<Record<string, 'flush' | 'delimiter' | 'response-end'>> = {
  '0000': 'flush',
  '0001': 'delimiter',
  '0002': 'response-end',
};
const mark = { flush: '0000', delimiter: '0001', 'response-end': '0002' } as const;
const longest = 65_520;

export function encodePackets(packets: readonly (string | 'flush' | 'delimiter')[]): string {
  return packets.map((packet) => (packet === 'flush' || packet === 'delimiter' ? mark[packet] : encodeLine(packet))).join('');
}

function encodeLine(text: string): string {
  const bytes = Buffer.byteLength(text) + 5;
  if (bytes > longest) throw new PacketError(`a packet of ${bytes} bytes is too long`);
  return `${bytes.toString(16).padStart(4, '0')}${text}\n`;
}

/** Far more than any repository has refs. */
const mostPackets = 1_000_000;

/** Receives the packets of a response. */
export interface PacketReader {
  /** @throws PacketError */
  take(packet: Packet): void;
  /** The response is over. @throws PacketError if it is not whole */
  end(): void;
}

/** Splits a streamed response into packets. At most one packet is buffered. */
export class PacketDecoder {
  readonly #reader: PacketReader;
  #rest: Buffer = Buffer.alloc(0);
  /** Offset in the response of the first byte of the remainder. */
  #offset = 0;
  #packets = 0;

  constructor(reader: PacketReader) {
    this.#reader = reader;
  }

  /** @throws PacketError if the data does not consist of packets */
  add(piece: Buffer): void {
    const bytes = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    let at = 0;
    for (let length = this.#lengthAt(bytes, at); at + length <= bytes.length; length = this.#lengthAt(bytes, at)) {
      if (++this.#packets > mostPackets) throw new TooLarge(`it has more than ${mostPackets} packets`);
      const kind = marks[bytes.toString('latin1', at, at + 4)];
      this.#reader.take(kind ? { kind } : { kind: 'line', bytes: bytes.subarray(at + 4, at + length) });
      at += length;
    }
    this.#rest = Buffer.from(bytes.subarray(at));
    this.#offset += at;
  }

  /** @throws PacketError if the response ends in the middle of a packet, or the reader expects more */
  end(): void {
    if (this.#rest.length > 0) throw new PacketError('it ends in the middle of a packet');
    this.#reader.end();
  }

  /** The length of the packet that starts there; until its length field has arrived, more than is available. */
  #lengthAt(bytes: Buffer, at: number): number {
    if (at + 4 > bytes.length) return longest;
    const prefix = bytes.toString('latin1', at, at + 4);
    const place = this.#offset + at;
    if (!/^[0-9a-f]{4}$/i.test(prefix)) throw noPacket(place, prefix);
    const length = marks[prefix] ? 4 : Number.parseInt(prefix, 16);
    if (length < 4 || length > longest) throw new PacketError(`byte ${place}: a packet cannot have the length ${prefix}`);
    return length;
  }
}

function noPacket(place: number, bytes: string): PacketError {
  return new PacketError(`byte ${place} is not the start of a packet: ${JSON.stringify(bytes)}`);
}
