import type { Advertisement } from './advertisement.ts';
import { PackScanner } from './pack-scanner.ts';
import { encodePackets, type Packet, PacketError, type PacketReader, RefusedByServer, textOf } from './pkt-line.ts';
import { commandHead, refusedBy, unfinished } from './refs.ts';

/** The body of a request for one commit without its parents and, if the server offers filters, without its tree. */
export function fetchRequest(server: Advertisement, sha: string, withFilter: boolean): string {
  return server.version === 2 ? requestOf2(server, sha, withFilter) : requestOf0(server.capabilities, sha, withFilter);
}

/** Whether the server says that it can leave out trees. */
export function offersFilter(server: Advertisement): boolean {
  return (server.version === 2 ? server.fetch : server.capabilities).includes('filter');
}

/** Whether the answer of the server can be read here: progress and errors must be told from the pack. */
export function canFetch(server: Advertisement): boolean {
  return server.version === 2 || server.capabilities.includes('side-band-64k');
}

function requestOf2(server: Extract<Advertisement, { version: 2 }>, sha: string, withFilter: boolean): string {
  return encodePackets([
    ...commandHead(server, 'fetch'),
    'no-progress',
    ...(server.fetch.includes('shallow') ? ['deepen 1'] : []),
    ...(withFilter ? ['filter tree:0'] : []),
    `want ${sha}`,
    'done',
    'flush',
  ]);
}

/**
 * Dulwich demands `thin-pack` and `ofs-delta` of its clients, Azure DevOps and AWS CodeCommit one of `multi_ack`. A commit alone is
 * acknowledged as without it, and comes as no delta.
 */
function requestOf0(capabilities: readonly string[], sha: string, withFilter: boolean): string {
  const acknowledged = capabilities.includes('multi_ack_detailed') ? 'multi_ack_detailed' : 'multi_ack';
  const wanted = [acknowledged, 'side-band-64k', 'thin-pack', 'ofs-delta', 'no-progress', 'shallow', ...(withFilter ? ['filter'] : [])];
  const used = wanted.filter((one) => capabilities.includes(one));
  const format = capabilities.find((one) => one.startsWith('object-format='));
  return encodePackets([
    `want ${sha} ${[...used, ...(format ? [format] : [])].join(' ')}`,
    ...(used.includes('shallow') ? ['deepen 1'] : []),
    ...(withFilter ? ['filter tree:0'] : []),
    'flush',
    'done',
  ]);
}

const bands = { pack: 1, progress: 2, error: 3 } as const;

/** Reads the response to a fetch: sections of protocol 2, or shallow commits and an acknowledgement before, then the pack in a side band. */
export class FetchReader implements PacketReader {
  readonly #scanner: PackScanner;
  readonly #packFollows: RegExp;
  readonly #onFound: () => void;
  #isPack = false;
  #isOver = false;

  /** @param onFound called once the commit was received; the rest of the response is not needed */
  constructor(sha: string, version: Advertisement['version'], onFound: () => void) {
    this.#scanner = new PackScanner(sha);
    this.#packFollows = version === 2 ? /^packfile$/ : /^NAK$|^ACK [0-9a-f]+$/;
    this.#onFound = onFound;
  }

  /** The text of the commit; undefined before it was received. */
  get commit(): Buffer | undefined {
    return this.#scanner.found;
  }

  take(packet: Packet): void {
    if (this.#isPack) {
      this.#takePack(packet);
      return;
    }
    const text = textOf(packet);
    if (text?.startsWith('ERR ')) throw refusedBy(text);
    this.#isPack = text !== undefined && this.#packFollows.test(text);
  }

  end(): void {
    if (this.commit) return;
    if (!this.#isOver) throw new PacketError(unfinished);
    this.#scanner.end();
  }

  #takePack(packet: Packet): void {
    if (packet.kind === 'flush') this.#isOver = true;
    if (packet.kind !== 'line') return;
    const [band] = packet.bytes;
    if (band === bands.error) throw new RefusedByServer(packet.bytes.toString('utf8', 1));
    if (band !== bands.pack) return;
    this.#scanner.add(packet.bytes.subarray(1));
    if (this.commit) this.#onFound();
  }
}
