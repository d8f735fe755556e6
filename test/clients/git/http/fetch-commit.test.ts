import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import { gitClient } from '../../../../src/clients/git/git-client.ts';
import type { Advertisement } from '../../../../src/clients/git/http/advertisement.ts';
import { FetchReader, fetchRequest } from '../../../../src/clients/git/http/fetch-request.ts';
import { encodePackets, PacketDecoder, PacketError } from '../../../../src/clients/git/http/pkt-line.ts';
import { httpClient } from '../../../../src/clients/http/http-client.ts';
import { loopback } from '../../../fixtures/loopback.ts';

const text = Buffer.from('tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor Ada <ada@example.com> 1770087906 +0100\n\nHello\n');
const sha = createHash('sha1').update(`commit ${text.length}\0`).update(text).digest('hex');

/** The header of an object of a pack: gitformat-pack(5). */
function objectHeader(type: number, size: number): Buffer {
  const bytes = [(type << 4) | (size & 15)];
  for (let rest = size >> 4; rest > 0; rest >>= 7) {
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) | 0x80;
    bytes.push(rest & 127);
  }
  return Buffer.from(bytes);
}
const object = (type: number, content: Buffer, between = Buffer.alloc(0)) =>
  Buffer.concat([objectHeader(type, content.length), between, deflateSync(content)]);
const packStart = Buffer.from('5041434b0000000200000002', 'hex');
const commit = object(1, text);

/** A line of the protocol with bytes in it. */
const line = (bytes: Buffer) => Buffer.concat([Buffer.from((bytes.length + 4).toString(16).padStart(4, '0')), bytes]);
const band = (number: number, bytes: Buffer) => line(Buffer.concat([Buffer.from([number]), bytes]));

/** The answers of each protocol up to the pack. */
const before = {
  2: encodePackets(['shallow-info', `shallow ${sha}`, 'delimiter', 'packfile']),
  0: encodePackets([`shallow ${sha}`, 'flush', 'NAK']),
};

function read(version: 0 | 2, bytes: Buffer, size = bytes.length): FetchReader {
  const reader = new FetchReader(sha, version, () => undefined);
  const decoder = new PacketDecoder(reader);
  for (let at = 0; at < bytes.length; at += size) decoder.add(bytes.subarray(at, at + size));
  decoder.end();
  return reader;
}

for (const version of [0, 2] as const) {
  test(`the commit of an answer of protocol ${version} counts once it is there, and never in part`, (t) => {
    const whole = Buffer.concat([Buffer.from(before[version]), band(2, Buffer.from('Counting')), band(1, packStart), band(1, commit)]);
    const rest = Buffer.concat([band(1, randomBytes(20)), Buffer.from('0000')]);
    for (const size of [1, 7, 10_000]) t.deepEqual(read(version, Buffer.concat([whole, rest]), size).commit, text);
    for (let length = 0; length < whole.length; length += 1) {
      t.throws(() => read(version, whole.subarray(0, length)), { instanceOf: PacketError }, `after ${length} bytes`);
    }
  });
}

test('a commit that comes after other objects is found', (t) => {
  const others = [
    object(3, randomBytes(100_000)),
    object(7, Buffer.from('delta'), randomBytes(20)),
    object(6, Buffer.from('x'), Buffer.from([0x81, 1])),
  ];
  const bytes = Buffer.concat([packStart, ...others, commit]);
  const pieces = Array.from({ length: Math.ceil(bytes.length / 9_000) }, (_, i) => band(1, bytes.subarray(i * 9_000, (i + 1) * 9_000)));
  t.deepEqual(read(2, Buffer.concat([Buffer.from(before[2]), ...pieces, Buffer.from('0000')])).commit, text);
});

test('another commit than the requested one is none', (t) => {
  const other = object(1, Buffer.from(text.toString().replace('Hello', 'HELLO')));
  const bytes = Buffer.concat([Buffer.from(before[2]), band(1, Buffer.concat([packStart, other])), Buffer.from('0000')]);
  t.throws(() => read(2, bytes), { instanceOf: PacketError, message: new RegExp(`commit ${sha} is not in it`) });
});

test('a server is asked for nothing that it does not offer', (t) => {
  const two: Advertisement = { version: 2, objectFormat: undefined, wantsAgent: false, fetch: [] };
  t.is(fetchRequest(two, sha, false), encodePackets(['command=fetch', 'delimiter', 'no-progress', `want ${sha}`, 'done', 'flush']));
  const old: Advertisement = { version: 0, refs: new Map(), capabilities: ['side-band-64k', 'shallow', 'object-format=sha1'] };
  t.is(fetchRequest(old, sha, false), encodePackets([`want ${sha} side-band-64k shallow object-format=sha1`, 'deepen 1', 'flush', 'done']));
  const acknowledging: Advertisement = { ...old, capabilities: ['multi_ack', 'side-band-64k'] };
  t.is(fetchRequest(acknowledging, sha, false), encodePackets([`want ${sha} multi_ack side-band-64k`, 'flush', 'done']));
});

/** A server without filters that sends blobs without end, after the commit or before it. */
async function endless(t: ExecutionContext, withCommit: boolean) {
  let asked = 0;
  const server = await loopback(t, (request, response, body) => {
    asked += 1;
    if (request.url?.includes('/info/refs')) {
      response.setHeader('content-type', 'application/x-git-upload-pack-advertisement');
      response.end(
        encodePackets(['# service=git-upload-pack', 'flush', 'version 2', 'ls-refs', 'fetch=shallow', 'object-format=sha1', 'flush']),
      );
      return;
    }
    response.setHeader('content-type', 'application/x-git-upload-pack-result');
    if (body.includes('command=ls-refs')) return void response.end(encodePackets([`${sha} refs/heads/main`, 'flush']));
    response.write(Buffer.concat([Buffer.from(before[2]), band(1, packStart), ...(withCommit ? [band(1, commit)] : [])]));
    const blob = band(1, object(3, randomBytes(30_000)));
    const more = () => {
      if (response.destroyed) return;
      if (response.write(blob)) setImmediate(more);
      else response.once('drain', more);
    };
    more();
  });
  const http = httpClient();
  const folder = await mkdtemp(join(tmpdir(), 'coxswain-fetch-'));
  t.teardown(async () => {
    await http.close();
    await rm(folder, { recursive: true, force: true });
  });
  const url = `${server.url}/x.git`;
  const rules = { httpHosts: [new URL(url).host], localRoots: [], botEmail: 'bot@example.com' };
  const git = gitClient({ folder, rules, http, log: { info() {}, warn() {}, error() {} } });
  const repository = { name: 'x', short: 'x', git: url, clone: url, branches: ['main'], channel: '#ci', stages: [] };
  return { git, repository, asked: () => asked };
}

test('a tree of any size does not matter, even where the server cannot leave it out', async (t) => {
  const { git, repository } = await endless(t, true);
  t.like(await git.commit(repository, 'main', sha), { sha, subject: 'Hello', author: { name: 'Ada', email: 'ada@example.com' } });
});

test('a commit that does not come near the beginning is known by its id alone, says why, and is not fetched again', async (t) => {
  const { git, repository, asked } = await endless(t, false);
  const found = await git.commit(repository, 'main', sha);
  t.is(found.author, undefined);
  t.regex(found.problem ?? '', /^Its author and message are unknown: .* Set uploadpack\.allowFilter to true there\.$/);
  const before = asked();
  t.deepEqual(await git.commit(repository, 'main', sha), found);
  t.is(asked(), before);
});
