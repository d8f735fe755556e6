import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import { CommitCache } from '../../../src/clients/git/commit-cache.ts';
import { gitClient } from '../../../src/clients/git/git-client.ts';
import { encodePackets } from '../../../src/clients/git/http/pkt-line.ts';
import { GitError } from '../../../src/clients/git/program/git-cli.ts';
import { gitIn, prepareHome } from '../../../src/clients/git/program/git-home.ts';
import { httpClient } from '../../../src/clients/http/http-client.ts';
import { HttpError } from '../../../src/clients/http/http-error.ts';
import { UserError } from '../../../src/core/errors.ts';
import { loopback } from '../../fixtures/loopback.ts';

const mega = 1024 ** 2;
const service = encodePackets(['# service=git-upload-pack', 'flush']);
const second = `${service}${encodePackets(['version 2', 'ls-refs', 'object-format=sha1', 'flush'])}`;
const ref = (n: number) => `${'a'.repeat(40)} refs/heads/x${n}`;
const refs = (count: number) => encodePackets(Array.from({ length: count }, (_, n) => ref(n)));

/** What a server says to the first question and to the second; the poll ends with this error and needs little memory. */
async function refuses(t: ExecutionContext, advertised: string, listed: string, message: RegExp): Promise<void> {
  const server = createServer((request, response) => {
    const kind = request.method === 'POST' ? 'result' : 'advertisement';
    response.writeHead(200, { 'content-type': `application/x-git-upload-pack-${kind}` }).end(kind === 'result' ? listed : advertised);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const http = httpClient();
  t.teardown(async () => {
    await http.close();
    server.closeAllConnections();
    server.close();
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const rules = { httpHosts: [host], localRoots: [], botEmail: 'bot@example.com' };
  const log = { info() {}, warn() {}, error() {} };
  const git = gitClient({ folder: '/nowhere', rules, http, log });
  const url = `http://${host}/a.git`;
  const before = process.memoryUsage.rss();
  const repository = { name: 'a', short: 'a', git: url, clone: url, branches: ['**'], channel: '#ci', stages: [] };
  const error = await t.throwsAsync(git.heads(repository));
  const grown = process.memoryUsage.rss() - before;
  t.log(`${error.message.slice(0, 120)} · ${Math.round(grown / mega)} MiB more`);
  t.true(error instanceof HttpError || error instanceof UserError);
  t.regex(error.message, message);
  t.true(grown < 192 * mega, String(grown));
}

const much = 31 * mega;
test.serial('empty lines without end', refuses, second, '0004'.repeat(much / 4), /this is not a ref/);
test.serial('ends without end', refuses, second, '0000'.repeat(much / 4), /continues after its end/);
test.serial('marks without end', refuses, second, '0001'.repeat(much / 4), /a delimiter packet among its refs/);
test.serial('empty lines before anything is said', refuses, `${service}${'0000'.repeat(much / 4)}`, '', /continues after its end/);
test.serial(
  'capabilities without end',
  refuses,
  `${service}${encodePackets(['version 2'])}${'0005a'.repeat(much / 5)}`,
  '',
  /more than 1000 capabilities/,
);
test.serial('more refs than any repository has', refuses, second, refs(200_001), /more than 200000 refs/);
test.serial('as many from a server of the old protocol', refuses, `${service}${refs(200_001)}`, '', /more than 200000 refs/);
test.serial('more bytes than refs can have', refuses, second, refs(1).repeat(600_000), /more than 33554432 bytes/);

const sha = 'a'.repeat(40);

/** A line of git's protocols: gitprotocol-common(5). */
function line(content: Buffer | string): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.from((bytes.length + 4).toString(16).padStart(4, '0')), bytes]);
}

/** A part of a pack on its band of a side-band: gitprotocol-v2(5). */
const packed = (bytes: Buffer) => line(Buffer.concat([Buffer.from([1]), bytes]));

/** The beginning of a pack of a million objects, and a blob of 30,000 bytes: gitformat-pack(5). */
const start = packed(Buffer.from('5041434b00000002000f4240', 'hex'));
const blob = packed(Buffer.concat([Buffer.from([0xb0, 0xd3, 0x0e]), deflateSync(randomBytes(30_000), { level: 0 })]));

/** A git server that promises one commit and sends blobs without end. */
function endless(request: IncomingMessage, response: ServerResponse, body: string): void {
  if (request.url?.includes('/info/refs')) {
    response.setHeader('content-type', 'application/x-git-upload-pack-advertisement');
    const lines = ['version 2\n', 'ls-refs\n', 'fetch=shallow filter\n'].map(line);
    response.end(Buffer.concat([line('# service=git-upload-pack\n'), Buffer.from('0000'), ...lines, Buffer.from('0000')]));
    return;
  }
  response.setHeader('content-type', 'application/x-git-upload-pack-result');
  if (body.includes('command=ls-refs')) {
    response.end(Buffer.concat([line(`${sha} refs/heads/main\n`), Buffer.from('0000')]));
    return;
  }
  response.write(Buffer.concat([line('packfile\n'), start]));
  const more = () => {
    if (response.destroyed) return;
    if (response.write(blob)) setImmediate(more);
    else response.once('drain', more);
  };
  more();
}

test('a server that sends without end is stopped, and nothing of what it sent stays on the disk', async (t) => {
  const server = await loopback(t, endless);
  const folder = await mkdtemp(join(tmpdir(), 'endless-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const cli = gitIn(folder, { PATH: process.env.PATH ?? '' });
  await prepareHome(cli);
  const cache = new CommitCache(cli, folder, 4 * 1024 ** 2);
  const fetched = cache.commit({ address: `${server.url}/x.git`, protocols: 'http' }, 'main', sha);
  const error = await t.throwsAsync(fetched, { instanceOf: GitError });
  t.is(error?.message, 'git fetch was stopped: the server sends more than 4194304 bytes');
  t.deepEqual(await readdir(folder), ['gitconfig']);
});
