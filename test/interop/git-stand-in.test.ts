import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { startGitServer } from '@coxswain/sandbox';
import test, { type ExecutionContext } from 'ava';
import { lsRefsRequest } from '../../src/clients/git/http/refs.ts';
import { sampleRepository } from '../fixtures/git-repository.ts';
import { gitServer } from '../fixtures/git-server.ts';

const run = promisify(execFile);
const formats = [[], ['--object-format=sha256']] as const;

/** The stand-in of the sandbox, and git's own `git http-backend`, over one repository with branches and tags. */
async function both(t: ExecutionContext, ...init: readonly string[]) {
  const sample = sampleRepository(t, ...init);
  const [first, main] = [sample.commit('main'), sample.commit('main')];
  sample.commit('feature/x');
  sample.git('tag', '-a', '-m', 'a tag', 'v1', first);
  // What the stand-in allows to its clients.
  for (const key of ['uploadpack.allowAnySHA1InWant', 'uploadpack.allowFilter']) sample.git('config', key, 'true');
  const [standIn, own] = [await startGitServer({ folder: sample.root }), await gitServer(sample.root)];
  t.teardown(async () => {
    await standIn.close();
    await own.close();
  });
  return { sample, first, main, urls: [`${standIn.url}/sample.git`, `${own.url}/sample.git`] as const };
}

interface Asked {
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** Status, type and each byte of the answer of both. */
async function same(t: ExecutionContext, urls: readonly string[], { path, headers = {}, body }: Asked): Promise<string> {
  const [standIn = '', own = ''] = await Promise.all(
    urls.map(async (url) => {
      const answer = await fetch(`${url}${path}`, { headers, method: body ? 'POST' : 'GET', ...(body && { body: body as never }) });
      const text = Buffer.from(await answer.arrayBuffer()).toString('latin1');
      return answer.ok ? `${answer.status} ${answer.headers.get('content-type')}\n${text}` : `${answer.status}`;
    }),
  );
  t.is(standIn, own, `${path} ${JSON.stringify(headers)}`);
  return own;
}

const upload = { 'content-type': 'application/x-git-upload-pack-request' };

for (const init of formats) {
  const name = init[0] ?? 'sha1';
  test(`the git server of the sandbox answers each byte as git does: advertisements and refs of all protocols (${name})`, async (t) => {
    const { urls } = await both(t, ...init);
    for (const version of [undefined, 'version=0', 'version=1', 'version=2', 'version=3', 'version=2:version=1', 'nonsense']) {
      const headers = version === undefined ? {} : { 'git-protocol': version };
      const answer = await same(t, urls, { path: '/info/refs?service=git-upload-pack', headers });
      t.regex(answer, /^200 application\/x-git-upload-pack-advertisement\n/);
    }
    const objectFormat = init.length > 0 ? 'sha256' : 'sha1';
    for (const prefixes of [[], ['refs/heads/'], ['refs/heads/main', 'refs/tags/'], ['refs/none']]) {
      const body = lsRefsRequest({ objectFormat, wantsAgent: true }, prefixes);
      const headers = { ...upload, 'git-protocol': 'version=2' };
      const answer = await same(t, urls, { path: '/git-upload-pack', headers, body });
      t.regex(answer, /^200 application\/x-git-upload-pack-result\n.*0000$/s);
      const packed = { ...headers, 'content-encoding': 'gzip' };
      t.is(await same(t, urls, { path: '/git-upload-pack', headers: packed, body: gzipSync(body) }), answer);
    }
  });
}

test('the git server of the sandbox refuses what git refuses', async (t) => {
  const { urls } = await both(t);
  const wrong: [Asked, string][] = [
    [{ path: '/info/refs?service=git-receive-pack' }, '403'],
    [{ path: '/git-upload-pack' }, '405'],
    [{ path: '/git-upload-pack', headers: { 'content-type': 'text/plain' }, body: '0000' }, '415'],
    [{ path: '/git-receive-pack', headers: { 'content-type': 'application/x-git-receive-pack-request' }, body: '0000' }, '403'],
    [{ path: '/info/none' }, '404'],
  ];
  for (const [asked, status] of wrong) t.is(await same(t, urls, asked), status, asked.path);
  const gone = urls.map((url) => url.replace('sample.git', 'none.git'));
  t.is(await same(t, gone, { path: '/info/refs?service=git-upload-pack' }), '404');
});

test('an empty repository of the sandbox is empty as git has it', async (t) => {
  const sample = sampleRepository(t);
  const [standIn, own] = [await startGitServer({ folder: sample.root }), await gitServer(sample.root)];
  t.teardown(async () => {
    await standIn.close();
    await own.close();
  });
  for (const key of ['uploadpack.allowAnySHA1InWant', 'uploadpack.allowFilter']) sample.git('config', key, 'true');
  const urls = [`${standIn.url}/sample.git`, `${own.url}/sample.git`];
  for (const version of ['version=0', 'version=1', 'version=2'])
    await same(t, urls, { path: '/info/refs?service=git-upload-pack', headers: { 'git-protocol': version } });
});

const env = { PATH: process.env.PATH, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', GIT_TERMINAL_PROMPT: '0' };
const git = async (...words: string[]): Promise<string> => (await run('git', words, { env, maxBuffer: 64 << 20 })).stdout;

for (const version of ['0', '1', '2']) {
  test(`git itself gets the same from the sandbox and from git: whole, shallow, filtered and by hash (version ${version})`, async (t) => {
    const { sample, first, main, urls } = await both(t);
    const ways: Readonly<Record<string, readonly string[]>> = {
      whole: ['+refs/*:refs/got/*'],
      shallow: ['--depth=1', 'main'],
      withoutTrees: ['--depth=1', '--filter=tree:0', main],
      withoutFiles: ['--filter=blob:none', 'main'],
      oldCommit: [first],
    };
    for (const [way, words] of Object.entries(ways)) {
      const got = await Promise.all(
        urls.map(async (url, i) => {
          const folder = join(sample.root, `${way}-${i}`);
          await git('init', '--quiet', '--bare', folder);
          await git(`--git-dir=${folder}`, '-c', `protocol.version=${version}`, 'fetch', '--quiet', url, ...words);
          const objects = await git(`--git-dir=${folder}`, 'cat-file', '--batch-all-objects', '--batch-check');
          return objects + (await git(`--git-dir=${folder}`, 'for-each-ref'));
        }),
      );
      t.is(got[0], got[1], way);
      t.regex(got[0] ?? '', /commit/, way);
    }
    const lists = await Promise.all(urls.map((url) => git('-c', `protocol.version=${version}`, 'ls-remote', '--symref', url)));
    t.is(lists[0], lists[1]);
  });
}

test('a push to the sandbox is refused as git refuses it where nobody may push', async (t) => {
  const { sample, urls } = await both(t);
  const said = await Promise.all(
    urls.map((url) =>
      // The stand-in adds a word of its own.
      git(`--git-dir=${sample.path}`, 'push', url, 'main:refs/heads/new').catch(({ stderr }) =>
        String(stderr)
          .replaceAll(url, 'URL')
          .replace(/^remote: .*\n/, ''),
      ),
    ),
  );
  t.is(said[0], said[1]);
  t.regex(said[0] ?? '', /403/);
});
