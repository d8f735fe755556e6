import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import test from 'ava';
import { clone, identity, run, scene } from './cloning.ts';

test('the source lies at the exact commit, without its history', async (t) => {
  const { origin, first, workspace } = await scene(t);
  t.regex(await clone({ workspace, url: `file://${origin}`, commit: first }), /cloned at/);
  const git = async (...args: string[]) => (await run('git', ['-C', join(workspace, 'source'), ...args])).stdout.trim();
  t.is(await git('rev-parse', 'HEAD'), first);
  t.is(await git('show', 'HEAD:greeting'), 'first');
  t.is(await git('rev-list', '--count', 'HEAD'), '1');
});

test('a second time changes nothing', async (t) => {
  const { origin, second, workspace } = await scene(t);
  await clone({ workspace, url: origin, commit: second });
  writeFileSync(join(workspace, 'source', 'made-by-a-stage'), '');
  t.regex(await clone({ workspace, url: origin, commit: second }), /there already/);
  t.true(existsSync(join(workspace, 'source', 'made-by-a-stage')));
});

test('what half a clone left is removed', async (t) => {
  const { origin, first, second, workspace } = await scene(t);
  const source = join(workspace, 'source');
  await run('git', ['init', '--quiet', source]);
  await run('git', ['-C', source, 'fetch', '--quiet', origin, second]);
  writeFileSync(join(source, '.git', 'index.lock'), '');
  t.regex(await clone({ workspace, url: origin, commit: second }), /cloned at/);
  t.regex(await clone({ workspace, url: origin, commit: first }), /cloned at/);
});

test('a repository around the workspace is not taken for the source', async (t) => {
  const { folder, first, origin, workspace } = await scene(t);
  await run('git', ['init', '--quiet', folder]);
  await run('git', ['-C', folder, 'fetch', '--quiet', origin, first]);
  await run('git', ['-C', folder, 'checkout', '--quiet', '--detach', first]);
  mkdirSync(join(workspace, 'source'));
  t.regex(await clone({ workspace, url: origin, commit: first }), /cloned at/);
});

test('repositories of SHA-256 are cloned too', async (t) => {
  const { folder, workspace } = await scene(t);
  const origin = join(folder, 'long');
  await run('git', ['init', '--quiet', '--object-format=sha256', origin]);
  await run('git', ['-C', origin, ...identity, 'commit', '--quiet', '--allow-empty', '--message', 'long']);
  const { stdout } = await run('git', ['-C', origin, 'rev-parse', 'HEAD']);
  t.regex(await clone({ workspace, url: origin, commit: stdout.trim() }), /cloned at [0-9a-f]{64}/);
});

test('user and password are given to the server that asks, and stand in no file', async (t) => {
  const { second, workspace } = await scene(t);
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    asked.push(request.headers.authorization);
    response.writeHead(request.headers.authorization ? 403 : 401, { 'www-authenticate': 'Basic realm="git"' }).end();
  }).listen(0, '127.0.0.1');
  t.teardown(() => server.close());
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/demo.git`;
  const credentials = { GIT_USERNAME: 'ada', GIT_PASSWORD: 'p%s\\n w' };
  const error = await t.throwsAsync(clone({ workspace, url, commit: second, hasty: true, variables: credentials }));
  t.true(asked.includes(`Basic ${Buffer.from(`ada:${credentials.GIT_PASSWORD}`).toString('base64')}`), asked.join());
  t.false((error?.message ?? '').includes(credentials.GIT_PASSWORD));
  const { stdout } = await run('grep', ['-rlF', credentials.GIT_PASSWORD, workspace]).catch((nothing: { stdout: string }) => nothing);
  t.is(stdout, '');
});

test('a commit that is not there fails after three tries, naming commit and address', async (t) => {
  const { origin, workspace } = await scene(t);
  const error = await t.throwsAsync<Error & { stdout: string; code: number }>(
    clone({ workspace, url: origin, commit: 'd'.repeat(40), hasty: true }),
  );
  t.is(error?.code, 1);
  t.is(error?.stdout.match(/trying again/g)?.length, 2);
  t.regex(error?.stdout ?? '', new RegExp(`cannot fetch d{40} of ${origin}`));
});
