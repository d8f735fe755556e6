import { plainLine } from '../../../core/text/plain-line.ts';
import { encodePackets, type Packet, PacketError, type PacketReader } from './pkt-line.ts';

/** What a server advertises before it is asked for refs. */
export type Advertisement =
  | { readonly version: 2; readonly objectFormat: string | undefined; readonly wantsAgent: boolean }
  /** Older servers send all their refs at once. */
  | { readonly version: 0 | 1; readonly refs: ReadonlyMap<string, string> };

/** Limits per repository, because a server may send anything. */
const mostRefs = 200_000;
const mostCapabilities = 1_000;

/** Reads the response to `GET …/info/refs?service=git-upload-pack` (gitprotocol-http(5), gitprotocol-v2(5)). */
export class AdvertisementReader implements PacketReader {
  readonly #refs = new RefReader();
  readonly #capabilities: string[] = [];
  #version: 0 | 1 | 2 | undefined;

  take(packet: Packet): void {
    const text = textOf(packet);
    if (this.#version === 2) this.#capability(text);
    else if (this.#version !== undefined) this.#refs.take(packet);
    else if (text !== undefined && !text.startsWith('# service=')) this.#begin(packet, text);
  }

  #begin(packet: Packet, text: string): void {
    const [, version] = /^version ([12])$/.exec(text) ?? [];
    this.#version = version === undefined ? 0 : version === '1' ? 1 : 2;
    if (this.#version === 0) this.#refs.take(packet);
  }

  /** The advertisement that was read. */
  advertisement(): Advertisement {
    if (this.#version === 2) return capabilities(this.#capabilities);
    return { version: this.#version ?? 0, refs: this.#refs.refs };
  }

  #capability(text: string | undefined): void {
    if (text !== undefined) this.#capabilities.push(text);
    if (this.#capabilities.length > mostCapabilities) throw new PacketError(`it has more than ${mostCapabilities} capabilities`);
  }
}

/** The body of an ls-refs command. */
export function lsRefsRequest(server: { objectFormat: string | undefined; wantsAgent: boolean }, prefixes: readonly string[]): string {
  return encodePackets([
    'command=ls-refs',
    ...(server.wantsAgent ? ['agent=coxswain'] : []),
    ...(server.objectFormat ? [`object-format=${server.objectFormat}`] : []),
    'delimiter',
    'peel',
    ...prefixes.map((prefix) => `ref-prefix ${prefix}`),
    'flush',
  ]);
}

/**
 * Reads lines `<oid> <ref>[\0capabilities][ attributes]`; tags are peeled to commits. Lines that name no object are skipped. A line that
 * is not a ref causes a PacketError, with the server's message if it sent an error; so does anything after the end.
 */
export class RefReader implements PacketReader {
  readonly #refs = new Map<string, string>();
  #over = false;

  /** Ref → object id. */
  get refs(): ReadonlyMap<string, string> {
    return this.#refs;
  }

  take(packet: Packet): void {
    const text = textOf(packet);
    if (this.#over && packet.kind !== 'response-end') throw new PacketError('it continues after its end');
    if (packet.kind === 'flush') this.#over = true;
    if (text === undefined) return;
    const line = text.split('\0', 1)[0] ?? '';
    const error = /^ERR (?<words>.*)$/s.exec(line)?.groups?.words;
    if (error !== undefined) throw new PacketError(`the server says: ${plainLine(error, 200)}`);
    if (/^(unborn|shallow) /.test(line)) return;
    const found = /^(?<sha>[0-9a-f]{64}|[0-9a-f]{40}) (?<ref>[^ ]+)/s.exec(line)?.groups;
    if (!found?.sha || !found.ref) throw new PacketError(`this is not a ref: ${plainLine(line, 200)}`);
    const peeled = / peeled:(?<sha>[0-9a-f]{64}|[0-9a-f]{40})( |$)/.exec(line)?.groups?.sha;
    if (/^0+$/.test(found.sha)) return;
    // Older servers send the peeled tag as a separate line after that of the tag.
    this.#refs.set(found.ref.replace(/\^\{\}$/, ''), peeled ?? found.sha);
    if (this.#refs.size > mostRefs) throw new PacketError(`it has more than ${mostRefs} refs; remove unused branches and tags`);
  }
}

function capabilities(lines: readonly string[]): Advertisement {
  if (!lines.some((line) => line === 'ls-refs' || line.startsWith('ls-refs='))) throw new PacketError('the server does not offer ls-refs');
  return {
    version: 2,
    objectFormat: lines.find((line) => line.startsWith('object-format='))?.slice('object-format='.length),
    wantsAgent: lines.some((line) => line.startsWith('agent=')),
  };
}

function textOf(packet: Packet | undefined): string | undefined {
  return packet?.kind === 'line' ? packet.text : undefined;
}
