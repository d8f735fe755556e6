import test from 'ava';
import { encodePackets, PacketDecoder, PacketError, textOf } from '../../../../src/clients/git/http/pkt-line.ts';

/** The packets of an answer that comes in pieces of so many bytes. */
function decodePackets(bytes: Buffer, size = bytes.length): object[] {
  const packets: object[] = [];
  const decoder = new PacketDecoder({
    take: (packet) => void packets.push({ kind: packet.kind, ...(packet.kind === 'line' && { text: textOf(packet) }) }),
    end: () => undefined,
  });
  for (let at = 0; at < bytes.length; at += size) decoder.add(bytes.subarray(at, at + size));
  decoder.end();
  return packets;
}

test('packets are four digits of length and the line (examples of gitprotocol-common)', (t) => {
  t.is(encodePackets(['a']), '0006a\n');
  t.is(encodePackets(['foobar']), '000bfoobar\n');
  t.is(encodePackets(['flush']), '0000');
  t.is(encodePackets(['command=ls-refs', 'delimiter', 'flush']), '0014command=ls-refs\n00010000');
});

test('what is encoded is decoded again, by bytes and not by characters', (t) => {
  for (const [size, length] of [
    [Number.POSITIVE_INFINITY, 65_000],
    [65_000, 65_000],
    [1, 3_000],
    [3, 3_000],
  ] as const) {
    const lines = ['', 'ünïcode \u{1F6A3}', 'x'.repeat(length)];
    t.deepEqual(decodePackets(Buffer.from(encodePackets([...lines, 'delimiter', 'flush'])), size), [
      ...lines.map((text) => ({ kind: 'line', text }) as const),
      { kind: 'delimiter' },
      { kind: 'flush' },
    ]);
  }
});

test('lines without a line end are lines too', (t) => {
  t.deepEqual(decodePackets(Buffer.from('0005a0004')), [
    { kind: 'line', text: 'a' },
    { kind: 'line', text: '' },
  ]);
});

const refused = test.macro((t, bytes: string, message: RegExp) => {
  t.throws(() => decodePackets(Buffer.from(bytes)), { instanceOf: PacketError, message });
});
test('HTML is no packet', refused, '<!DOCTYPE html>', /byte 0 is not the start of a packet: "<!DO"/);
test('a length of three cannot be', refused, '0003', /cannot have the length 0003/);
test('a length above the limit cannot be', refused, 'ffffx', /cannot have the length ffff/);
test('an answer that ends in a packet is not whole', refused, '0000000bfoo', /ends in the middle/);
test('an answer that ends in a length is not whole', refused, '000000', /ends in the middle/);

test('a line too long for a packet is refused', (t) => {
  t.throws(() => encodePackets(['x'.repeat(65_516)]), { instanceOf: PacketError });
  t.notThrows(() => encodePackets(['x'.repeat(65_515)]));
});

test('more packets than any repository has refs are refused', (t) => {
  const decoder = new PacketDecoder({ take: () => undefined, end: () => undefined });
  t.throws(() => decoder.add(Buffer.from('0000'.repeat(1_000_001))), { instanceOf: PacketError, message: /more than 1000000 packets/ });
});
