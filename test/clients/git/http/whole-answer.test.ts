import test from 'ava';
import { type Advertisement, AdvertisementReader } from '../../../../src/clients/git/http/advertisement.ts';
import {
  encodePackets,
  PacketDecoder,
  PacketError,
  type PacketReader,
  RefusedByServer,
} from '../../../../src/clients/git/http/pkt-line.ts';
import { RefReader } from '../../../../src/clients/git/http/refs.ts';

const [a, b, c] = ['a', 'b', 'c'].map((digit) => digit.repeat(40)) as [string, string, string];
const service = encodePackets(['# service=git-upload-pack', 'flush']);
const capabilities = 'multi_ack side-band-64k ofs-delta shallow object-format=sha1 agent=git/2.39.5';

/** Answers as real servers give them: git http-backend, GitHub, JGit. */
const advertisements: Readonly<Record<string, string>> = {
  'protocol 0': `${service}${encodePackets([`${a} HEAD\0${capabilities}`, `${a} refs/heads/main`, `${b} refs/tags/v1`, `${c} refs/tags/v1^{}`, 'flush'])}`,
  'protocol 0, shallow': `${service}${encodePackets([`${a} refs/heads/main\0${capabilities}`, `shallow ${a}`, 'flush'])}`,
  'protocol 1': `${service}${encodePackets(['version 1', `${a} refs/heads/main\0${capabilities}`, 'flush'])}`,
  'protocol 0, no branches': `${service}${encodePackets([`${'0'.repeat(40)} capabilities^{}\0${capabilities}`, 'flush'])}`,
  'protocol 0, no branches, before git 2.34': `${service}${encodePackets(['flush'])}`,
  'protocol 2': encodePackets([
    'version 2',
    'agent=git/2.39.5',
    'ls-refs=unborn',
    'fetch=shallow wait-for-done',
    'object-format=sha1',
    'flush',
  ]),
  'protocol 2 after the service line': `${service}${encodePackets(['version 2', 'ls-refs', 'fetch=shallow filter', 'server-option', 'flush'])}`,
};

function read<R extends PacketReader>(reader: R, bytes: Buffer): R {
  const decoder = new PacketDecoder(reader);
  decoder.add(bytes);
  decoder.end();
  return reader;
}

const advertised = (text: string): Advertisement => read(new AdvertisementReader(), Buffer.from(text)).advertisement();

const isWholeOnly = test.macro({
  title: (_, answer: string) => `an answer of ${answer} that is cut off at any byte is no answer`,
  exec(t, answer: string) {
    const whole = Buffer.from(advertisements[answer] ?? '');
    t.notThrows(() => advertised(whole.toString()));
    for (let length = 0; length < whole.length; length += 1) {
      t.throws(() => read(new AdvertisementReader(), whole.subarray(0, length)), { instanceOf: PacketError }, `after ${length} bytes`);
    }
  },
});
for (const answer of Object.keys(advertisements)) test(isWholeOnly, answer);

test('a list of refs that is cut off at any byte is no list', (t) => {
  const whole = Buffer.from(encodePackets([`${a} refs/heads/main`, `${b} refs/heads/x`, `${b} refs/tags/v1 peeled:${c}`, 'flush']));
  t.is(read(new RefReader(), whole).refs.size, 3);
  for (let length = 0; length < whole.length; length += 1) {
    t.throws(() => read(new RefReader(), whole.subarray(0, length)), { instanceOf: PacketError }, `after ${length} bytes`);
  }
});

test('refs come from each version of the protocol', (t) => {
  t.like(advertised(advertisements['protocol 0'] ?? ''), {
    version: 0,
    refs: new Map([
      ['HEAD', a],
      ['refs/heads/main', a],
      ['refs/tags/v1', c],
    ]),
  });
  t.like(advertised(advertisements['protocol 1'] ?? ''), { version: 1, refs: new Map([['refs/heads/main', a]]) });
  t.like(advertised(advertisements['protocol 0, no branches'] ?? ''), { version: 0, refs: new Map() });
  t.like(advertised(advertisements['protocol 2 after the service line'] ?? ''), {
    version: 2,
    fetch: ['shallow', 'filter'],
    objectFormat: undefined,
  });
});

const refused = test.macro((t, answer: string, message: RegExp) => {
  t.throws(() => advertised(answer), { instanceOf: PacketError, message });
});
const refs = [`${a} refs/heads/main`, 'flush'] as const;
test('protocol 0 without its service line is refused', refused, encodePackets([...refs]), /does not start with # service=git-upload-pack/);
test('another service is refused', refused, encodePackets(['# service=git-receive-pack', 'flush', ...refs]), /does not start with/);
test(
  'a service line without its flush is refused',
  refused,
  encodePackets(['# service=git-upload-pack', ...refs]),
  /not followed by a flush/,
);
test('what follows the end is refused', refused, `${advertisements['protocol 2']}${encodePackets([...refs])}`, /continues after its end/);
test(
  'an unknown object format is refused',
  refused,
  encodePackets(['version 2', 'ls-refs', 'object-format=md5', 'flush']),
  /unknown object format: md5/,
);
test(
  'ids of another object format are refused',
  refused,
  `${service}${encodePackets([`${'a'.repeat(64)} refs/heads/main\0object-format=sha1`, 'flush'])}`,
  /not an object id of the repository/,
);

test('ids of two lengths are no list', (t) => {
  const mixed = Buffer.from(encodePackets([`${a} refs/heads/main`, `${'b'.repeat(64)} refs/heads/x`, 'flush']));
  t.throws(() => read(new RefReader(), mixed), { message: /not an object id/ });
});

test('a refusal in the protocol is told from half an answer', (t) => {
  t.throws(() => advertised(encodePackets(['ERR access denied'])), { instanceOf: RefusedByServer, message: 'access denied' });
  t.throws(() => advertised(`${service}${encodePackets(['ERR access denied'])}`), { instanceOf: RefusedByServer });
});
