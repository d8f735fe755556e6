import { PassThrough, type Readable } from 'node:stream';
import test from 'ava';
import { pack } from 'tar-stream';
import type { Execution } from '../../../../src/clients/cluster/exec/exec.ts';
import { packing, unpacked } from '../../../../src/clients/cluster/exec/read-file.ts';
import { ClusterError } from '../../../../src/core/cluster.ts';

const content = Buffer.alloc(100_000, 'x');

async function archive(...entries: readonly { name: string; type?: 'symlink' | 'directory' }[]): Promise<Buffer> {
  const packed = pack();
  for (const { name, type } of entries) {
    if (type) packed.entry({ name, type, linkname: 'x' });
    else packed.entry({ name }, content);
  }
  packed.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of packed as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** A command whose output is that, and then its end or its failure. */
function execution(output: Buffer, end: { exitCode: number; stderr: string } | Error): Execution & { stdout: PassThrough } {
  const stdout = new PassThrough();
  stdout.on('error', () => {});
  stdout.write(output);
  const done = end instanceof Error ? Promise.reject(end) : Promise.resolve(end);
  done.catch(() => {});
  if (end instanceof Error) setTimeout(() => stdout.destroy(end), 20);
  else stdout.end();
  return { stdout, done };
}

async function read(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const well = { exitCode: 0, stderr: '' };

test('a name is no option of tar, and its folder is another word', (t) => {
  t.deepEqual(packing('/w/a b/-rf'), ['tar', '-c', '-f', '-', '-C', '/w/a b', '--', './-rf']);
});

test('the bytes of the one file come, whatever it is called', async (t) => {
  const name = `${'long/'.repeat(50)}größe`;
  t.deepEqual(await read(unpacked('/w/x', execution(await archive({ name }), well))), content);
});

test('what is no file, or not one, is refused', async (t) => {
  const fails = async (output: Buffer, end: { exitCode: number; stderr: string }, message: RegExp) => {
    const error = await t.throwsAsync(read(unpacked('/w/x', execution(output, end))), { instanceOf: ClusterError, message });
    t.false(error.retry);
  };
  await fails(await archive({ name: 'x', type: 'symlink' }), well, /^\/w\/x cannot be read: it is no file but a symlink$/);
  await fails(await archive({ name: 'x', type: 'directory' }), well, /it is no file but a directory$/);
  await fails(await archive(), { exitCode: 1, stderr: 'tar: x: No such file\n' }, /^\/w\/x cannot be read: tar: x: No such file$/);
  await fails(await archive({ name: 'x' }, { name: 'y' }), well, /tar ended with code 0 after 2 files$/);
  await fails(await archive({ name: 'x' }), { exitCode: 1, stderr: 'tar: x: file changed' }, /tar: x: file changed$/);
  await fails(Buffer.alloc(1024, 'no archive'), well, /cannot be read: Invalid tar header/);
});

test('a connection that breaks in the middle, and a container that ends, may pass', async (t) => {
  const half = (await archive({ name: 'x' })).subarray(0, 60_000);
  const broken = new ClusterError('broken', { code: 0, reason: 'Unreachable', retry: true });
  t.is(await t.throwsAsync(read(unpacked('/w/x', execution(half, broken)))), broken);
  const killed = await t.throwsAsync(read(unpacked('/w/x', execution(half, { exitCode: 137, stderr: '' }))), { instanceOf: ClusterError });
  t.true(killed.retry);
});

test('a reader that leaves ends the command', async (t) => {
  const run = execution(await archive({ name: 'x' }), well);
  for await (const _ of unpacked('/w/x', run)) break;
  t.true(run.stdout.destroyed);
});
