/**
 * The lines that git's protocols are made of: four hexadecimal digits of length, then so many bytes less four; 0000 to 0002 are marks.
 * Source: gitprotocol-common(5), gitprotocol-v2(5).
 */
export type Packet = { readonly kind: 'line'; readonly text: string } | { readonly kind: 'flush' | 'delimiter' | 'response-end' };

export class PacketError extends Error {
  override readonly name = 'PacketError';
}

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

/**
 * The packets of a whole answer, lines without their line end.
 * @throws PacketError where it is not made of packets or ends in the middle of one
 */
export function decodePackets(bytes: Buffer): Packet[] {
  const packets: Packet[] = [];
  for (let at = 0; at < bytes.length; ) {
    const prefix = bytes.toString('latin1', at, at + 4);
    if (!/^[0-9a-f]{4}$/i.test(prefix)) throw new PacketError(`byte ${at} begins no packet: ${JSON.stringify(prefix)}`);
    const kind = marks[prefix];
    const length = kind ? 4 : Number.parseInt(prefix, 16);
    if (length < 4 || length > longest) throw new PacketError(`byte ${at}: a packet cannot have the length ${prefix}`);
    if (at + length > bytes.length) throw new PacketError('it ends in the middle of a packet');
    packets.push(kind ? { kind } : { kind: 'line', text: bytes.toString('utf8', at + 4, at + length).replace(/\n$/, '') });
    at += length;
  }
  return packets;
}
