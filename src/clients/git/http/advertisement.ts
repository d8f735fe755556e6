import { type Packet, PacketError, type PacketReader, TooLarge, textOf } from './pkt-line.ts';
import { capability, digitsOf, RefReader, refusedBy, unfinished } from './refs.ts';

/** What a server advertises before it is asked for refs. */
export type Advertisement =
  | { readonly version: 2; readonly objectFormat: string | undefined; readonly wantsAgent: boolean; readonly fetch: readonly string[] }
  /** Older servers send all their refs at once. */
  | { readonly version: 0 | 1; readonly refs: ReadonlyMap<string, string>; readonly capabilities: readonly string[] };

/** A server may send anything. */
const mostCapabilities = 1_000;

const serviceLine = '# service=git-upload-pack';

/** What an answer may consist of next. */
type Expected = 'service or version' | 'flush of the service' | 'version or refs' | 'refs' | 'capabilities' | 'nothing';

/**
 * Reads the response to `GET …/info/refs?service=git-upload-pack` (gitprotocol-http(5), gitprotocol-v2(5)): the service line and a flush,
 * which servers may omit in protocol 2 only, then the capabilities or refs, then a flush, then nothing.
 */
export class AdvertisementReader implements PacketReader {
  readonly #refs = new RefReader();
  readonly #capabilities: string[] = [];
  #version: 0 | 1 | 2 = 0;
  #expected: Expected = 'service or version';

  take(packet: Packet): void {
    const text = textOf(packet);
    if (text?.startsWith('ERR ')) throw refusedBy(text);
    switch (this.#expected) {
      case 'service or version':
        if (text === serviceLine) this.#expected = 'flush of the service';
        else if (text === 'version 2') this.#begin(2);
        else throw new PacketError(`it does not start with ${serviceLine}`);
        break;
      case 'flush of the service':
        if (packet.kind !== 'flush') throw new PacketError('its service line is not followed by a flush packet');
        this.#expected = 'version or refs';
        break;
      case 'version or refs':
        if (text === 'version 2') this.#begin(2);
        else if (text === 'version 1') this.#begin(1);
        else this.#takeRef(packet);
        break;
      case 'refs':
        this.#takeRef(packet);
        break;
      case 'capabilities':
        this.#takeCapability(packet, text);
        break;
      default:
        throw new PacketError('it continues after its end');
    }
  }

  end(): void {
    if (this.#expected !== 'nothing') throw new PacketError(unfinished);
  }

  /** The advertisement that was read; it is only valid after `end`. */
  advertisement(): Advertisement {
    if (this.#version === 2) return capabilities(this.#capabilities);
    return { version: this.#version, refs: this.#refs.refs, capabilities: this.#refs.capabilities };
  }

  #begin(version: 1 | 2): void {
    this.#version = version;
    this.#expected = version === 2 ? 'capabilities' : 'refs';
  }

  #takeRef(packet: Packet): void {
    this.#refs.take(packet);
    this.#expected = packet.kind === 'flush' ? 'nothing' : 'refs';
  }

  #takeCapability({ kind }: Packet, text: string | undefined): void {
    if (kind === 'flush') this.#expected = 'nothing';
    else if (text === undefined) throw new PacketError(`there is a ${kind} packet among its capabilities`);
    else if (this.#capabilities.push(text) > mostCapabilities) throw new TooLarge(`it has more than ${mostCapabilities} capabilities`);
  }
}

function capabilities(lines: readonly string[]): Advertisement {
  if (!lines.some((line) => line === 'ls-refs' || line.startsWith('ls-refs='))) throw new PacketError('the server does not offer ls-refs');
  const objectFormat = capability('object-format', lines);
  if (objectFormat !== undefined) digitsOf(objectFormat);
  return {
    version: 2,
    objectFormat,
    wantsAgent: lines.some((line) => line.startsWith('agent=')),
    fetch: (capability('fetch', lines) ?? '').split(' ').filter(Boolean),
  };
}
