import { encodePackets, type Packet, PacketError } from './pkt-line.ts';

/** What a server tells about itself before it is asked for refs. */
export type Advertisement =
  | { readonly version: 2; readonly objectFormat: string | undefined; readonly wantsAgent: boolean }
  /** Older servers send all their refs at once. */
  | { readonly version: 0 | 1; readonly refs: ReadonlyMap<string, string> };

/**
 * The answer of `GET …/info/refs?service=git-upload-pack` (gitprotocol-http(5), gitprotocol-v2(5)).
 * @throws PacketError where it is none
 */
export function readAdvertisement(packets: readonly Packet[]): Advertisement {
  let rest = packets;
  const first = textOf(rest[0]);
  if (first?.startsWith('# service=')) rest = rest.slice(rest[1]?.kind === 'flush' ? 2 : 1);
  const version = textOf(rest[0]);
  if (version === 'version 2') return capabilities(rest.slice(1));
  if (version === 'version 1') return { version: 1, refs: readRefs(rest.slice(1)) };
  return { version: 0, refs: readRefs(rest) };
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
 * Ref → object id, from the lines `<oid> <ref>[\0capabilities][ attributes]`; a tag is the commit that it points to. Lines that name no
 * object are left out.
 * @throws PacketError where a line is no ref; it holds the server's own words where it sent an error
 */
export function readRefs(packets: readonly Packet[]): ReadonlyMap<string, string> {
  const refs = new Map<string, string>();
  for (const packet of packets) {
    const text = textOf(packet);
    if (text === undefined) continue;
    const line = text.split('\0', 1)[0] ?? '';
    const error = /^ERR (?<words>.*)$/s.exec(line)?.groups?.words;
    if (error !== undefined) throw new PacketError(`the server says: ${printable(error)}`);
    if (/^(unborn|shallow) /.test(line)) continue;
    const found = /^(?<sha>[0-9a-f]{64}|[0-9a-f]{40}) (?<ref>[^ ]+)/s.exec(line)?.groups;
    if (!found?.sha || !found.ref) throw new PacketError(`this is no ref: ${printable(line)}`);
    const peeled = / peeled:(?<sha>[0-9a-f]{64}|[0-9a-f]{40})( |$)/.exec(line)?.groups?.sha;
    // Older servers say what a tag points to in a line of its own, after that of the tag.
    if (!/^0+$/.test(found.sha)) refs.set(found.ref.replace(/\^\{\}$/, ''), peeled ?? found.sha);
  }
  return refs;
}

/** Text from a server, short and without control characters. */
export function printable(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .slice(0, 200);
}

function capabilities(packets: readonly Packet[]): Advertisement {
  const lines = packets.flatMap((packet) => textOf(packet) ?? []);
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
