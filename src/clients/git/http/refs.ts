import { plainLine } from '../../../core/text/plain-line.ts';
import { encodePackets, type Packet, PacketError, type PacketReader, RefusedByServer, TooLarge, textOf } from './pkt-line.ts';

/** Limit per repository, because a server may send anything. */
const mostRefs = 200_000;

/** What an answer is that was cut off between two packets. */
export const unfinished = 'it ends before its final flush packet';

/** What a server of protocol 2 wants to be told with every command. */
interface CommandServer {
  readonly objectFormat: string | undefined;
  readonly wantsAgent: boolean;
}

/** The beginning of a command of protocol 2: its name and capabilities, up to its arguments (gitprotocol-v2(5)). */
export function commandHead(server: CommandServer, command: 'ls-refs' | 'fetch'): (string | 'delimiter')[] {
  return [
    `command=${command}`,
    ...(server.wantsAgent ? ['agent=coxswain'] : []),
    ...(server.objectFormat ? [`object-format=${server.objectFormat}`] : []),
    'delimiter',
  ];
}

/** The body of an ls-refs command. */
export function lsRefsRequest(server: CommandServer, prefixes: readonly string[]): string {
  return encodePackets([...commandHead(server, 'ls-refs'), 'peel', ...prefixes.map((prefix) => `ref-prefix ${prefix}`), 'flush']);
}

/**
 * Reads lines `<oid> <ref>[\0capabilities][ attributes]` until a flush; tags are peeled to commits. Lines that name no object are skipped.
 * A line that is not a ref causes a PacketError, with the server's message if it sent an error; so does anything after the end.
 */
export class RefReader implements PacketReader {
  readonly #refs = new Map<string, string>();
  /** The length of the object ids of this repository. */
  #digits: number | undefined;
  #capabilities: readonly string[] | undefined;
  #isOver = false;

  /** @param objectFormat the one that was asked for: `sha1` or `sha256` */
  constructor(objectFormat?: string) {
    this.#digits = objectFormat === undefined ? undefined : digitsOf(objectFormat);
  }

  /** Ref → object id; only valid after `end`. */
  get refs(): ReadonlyMap<string, string> {
    return this.#refs;
  }

  /** What a server of protocol 0 or 1 can do. */
  get capabilities(): readonly string[] {
    return this.#capabilities ?? [];
  }

  take(packet: Packet): void {
    const text = textOf(packet);
    if (this.#isOver && packet.kind !== 'response-end') throw new PacketError('it continues after its end');
    if (packet.kind === 'flush') this.#isOver = true;
    else if (packet.kind === 'delimiter') throw new PacketError('there is a delimiter packet among its refs');
    if (text === undefined) return;
    const [line = '', told] = text.split('\0', 2);
    if (line.startsWith('ERR ')) throw refusedBy(line);
    if (told !== undefined) this.#takeCapabilities(told);
    if (/^(unborn|shallow) /.test(line)) return;
    const found = /^(?<sha>[0-9a-f]{64}|[0-9a-f]{40}) (?<ref>[^ ]+)/s.exec(line)?.groups;
    if (!found?.sha || !found.ref) throw new PacketError(`this is not a ref: ${plainLine(line, 200)}`);
    const peeled = / peeled:(?<sha>[0-9a-f]{64}|[0-9a-f]{40})( |$)/.exec(line)?.groups?.sha;
    this.#digits ??= found.sha.length;
    if (found.sha.length !== this.#digits) throw new PacketError(`this is not an object id of the repository: ${found.sha}`);
    if (/^0+$/.test(found.sha)) return;
    // Older servers send the peeled tag as a separate line after that of the tag.
    this.#refs.set(found.ref.replace(/\^\{\}$/, ''), peeled ?? found.sha);
    if (this.#refs.size > mostRefs) throw new TooLarge(`it has more than ${mostRefs} refs; remove unused branches and tags`);
  }

  end(): void {
    if (!this.#isOver) throw new PacketError(unfinished);
  }

  /** They are on the first line. */
  #takeCapabilities(told: string): void {
    this.#capabilities ??= told.split(' ').filter(Boolean);
    const format = capability('object-format', this.#capabilities);
    if (format !== undefined) this.#digits ??= digitsOf(format);
  }
}

/** The value of a capability `key=value`. */
export function capability(key: string, capabilities: readonly string[]): string | undefined {
  return capabilities.find((one) => one.startsWith(`${key}=`))?.slice(key.length + 1);
}

/** The length of object ids. @throws PacketError */
export function digitsOf(objectFormat: string): number {
  if (objectFormat === 'sha1') return 40;
  if (objectFormat === 'sha256') return 64;
  throw new PacketError(`it has an unknown object format: ${plainLine(objectFormat, 50)}`);
}

/** For a line in which the server refuses the request. */
export function refusedBy(line: string): RefusedByServer {
  return new RefusedByServer(plainLine(line.slice('ERR '.length), 200));
}
