import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import test from 'ava';
import { CommitCache } from '../../../src/clients/git/commit-cache.ts';
import { GitError } from '../../../src/clients/git/program/git-cli.ts';
import { gitIn, prepareHome } from '../../../src/clients/git/program/git-home.ts';
import { loopback } from '../../fixtures/loopback.ts';

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
