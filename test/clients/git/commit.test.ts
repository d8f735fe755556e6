import { execFileSync } from 'node:child_process';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { type GitOptions, gitClient } from '../../../src/clients/git/git-client.ts';
import { httpClient } from '../../../src/clients/http/http-client.ts';
import type { Repository } from '../../../src/core/config.ts';
import { UserError } from '../../../src/core/errors.ts';
import { type Credentials, loginAt } from '../../fixtures/git-login.ts';
import { sampleRepository } from '../../fixtures/git-repository.ts';
import { type GitServerOptions, gitServer } from '../../fixtures/git-server.ts';

const quiet = { info() {}, warn() {}, error() {} };
const ada = { author: { name: 'Ada', email: 'ada@example.com' }, date: '2026-02-03T04:05:06+01:00' };

async function world(
  t: ExecutionContext,
  serverOptions: GitServerOptions = {},
  { credentials, ...options }: Partial<GitOptions> & { readonly credentials?: Credentials } = {},
) {
  const sample = sampleRepository(t);
  const server = await gitServer(sample.root, serverOptions);
  const http = httpClient();
  t.teardown(async () => {
    await http.close();
    await server.close();
  });
  const folder = join(sample.root, 'cache');
  const rules = { httpHosts: [server.host], localRoots: [sample.root], botEmail: 'bot@example.com' };
  const repository: Repository = {
    name: 'sample',
    short: 's',
    git: `${server.url}/sample.git`,
    clone: '',
    branches: ['**'],
    channel: '#ci',
    stages: [],
  };
  const another = () => gitClient({ folder, rules, http, log: quiet, ...loginAt(server.host, credentials), ...options });
  return { sample, server, folder, repository, another, git: another() };
}

/** The types of all objects that the caches hold. */
async function cached(folder: string): Promise<string[]> {
  const caches = (await readdir(folder)).filter((name) => name.endsWith('.git'));
  return caches.flatMap((name) =>
    execFileSync('git', [`--git-dir=${join(folder, name)}`, 'cat-file', '--batch-check=%(objecttype)', '--batch-all-objects'], {
      encoding: 'utf8',
      env: { PATH: '/usr/bin:/bin', GIT_CONFIG_GLOBAL: '/dev/null' },
    })
      .trim()
      .split('\n'),
  );
}

for (const filter of ['true', 'false']) {
  test(`a commit comes with author, date and subject (uploadpack.allowFilter=${filter})`, async (t) => {
    const { sample, git, repository, folder, server } = await world(t);
    sample.git('config', 'uploadpack.allowFilter', filter);
    sample.commit('main');
    const sha = sample.commit('main', 'Zeile eins: ü "$(x)" \u{1F6A3}\n\nand a body');
    t.deepEqual(await git.commit(repository, 'main', sha), { sha, subject: 'Zeile eins: ü "$(x)" \u{1F6A3}', ...ada });
    t.is(server.requests.length, 2, 'one to learn what the server can do, one for the commit');
    t.deepEqual(await cached(folder), [], 'the git program was not needed');
  });
}

test('a commit that is known is not asked for again, many at once do not meet', async (t) => {
  const { sample, git, repository, server } = await world(t);
  const shas = [1, 2, 3, 4].map((n) => sample.commit(`b${n}`));
  const found = await Promise.all([...shas, ...shas].map((sha, i) => git.commit(repository, `b${(i % 4) + 1}`, sha)));
  t.deepEqual(
    found.map(({ sha }) => sha),
    [...shas, ...shas],
  );
  const asked = server.requests.length;
  await git.commit(repository, 'b1', shas[0] ?? '');
  t.is(server.requests.length, asked);
});

test('a broken cache is thrown away', async (t) => {
  const { sample, folder, ...here } = await world(t);
  const repository = { ...here.repository, git: sample.path };
  /** As after a restart: only the folder remembers. */
  const git = { commit: (...call: Parameters<typeof here.git.commit>) => here.another().commit(...call) };
  const sha = sample.commit('main');
  await git.commit(repository, 'main', sha);
  const [cache = ''] = (await readdir(folder)).filter((name) => name.endsWith('.git'));
  await writeFile(join(folder, cache, 'HEAD'), 'nonsense');
  for (const name of await readdir(join(folder, cache, 'objects', 'pack'))) await rm(join(folder, cache, 'objects', 'pack', name));
  t.is((await git.commit(repository, 'main', sha)).sha, sha);
  const next = sample.commit('main');
  await writeFile(join(folder, cache, 'shallow.lock'), 'left by a crash');
  t.is((await git.commit(repository, 'main', next)).sha, next);
  await rm(folder, { recursive: true });
  t.is((await git.commit(repository, 'main', sha)).sha, sha);
});

test('a commit behind the head is read from a server of protocol 0 too', async (t) => {
  const { sample, git, repository } = await world(t, { old: true });
  const sha = sample.commit('feature/x', 'the one');
  sample.commit('feature/x');
  t.is((await git.commit(repository, 'feature/x', sha)).subject, 'the one');
});

test('a server of protocol 0 that demands multi-ack, as Azure DevOps does, is read without the git program', async (t) => {
  const asked: string[] = [];
  const { sample, git, repository, folder } = await world(t, {
    old: true,
    before(request) {
      if (request.method === 'POST') request.on('data', (piece: Buffer) => asked.push(piece.toString()));
      return false;
    },
  });
  const sha = sample.commit('main', 'the one');
  t.is((await git.commit(repository, 'main', sha)).subject, 'the one');
  t.regex(asked.join(''), /^[0-9a-f]{4}want [0-9a-f]{40} multi_ack_detailed /);
  t.deepEqual(await cached(folder), [], 'the git program was not needed');
});

/** Answers our own requests for a commit itself, and leaves those of the git program to the server. */
const refusesUs =
  (answer: (response: ServerResponse) => void): NonNullable<GitServerOptions['before']> =>
  (request, response) => {
    if (request.method !== 'POST' || request.headers['user-agent']?.startsWith('git/')) return false;
    answer(response);
    return true;
  };
const result = { 'content-type': 'application/x-git-upload-pack-result' };
const refusals: Readonly<Record<string, (response: ServerResponse) => void>> = {
  '400': (response) => response.writeHead(400).end('TF401041: Clients must support multi-ack'),
  '500': (response) => response.writeHead(500).end(),
  'an empty answer': (response) => response.writeHead(200, result).end(),
};
for (const [what, answer] of Object.entries(refusals)) {
  test(`a commit that the server answers us ${what} for is read by the git program`, async (t) => {
    const { sample, git, repository } = await world(t, { before: refusesUs(answer) });
    const sha = sample.commit('main', 'the one');
    t.deepEqual(await git.commit(repository, 'main', sha), { sha, subject: 'the one', ...ada });
  });
}

test('a commit is not asked for with the git program where the host has asked to wait or refuses the login', async (t) => {
  for (const [status, message] of [
    [403, /does not let/],
    [429, /wait/],
  ] as const) {
    const { sample, git, repository, server } = await world(t, {
      before: refusesUs((response) => response.writeHead(status, { ...(status === 429 && { 'retry-after': '60' }) }).end()),
    });
    await t.throwsAsync(git.commit(repository, 'main', sample.commit('main')), { message });
    t.false(server.headers.some((headers) => headers['user-agent']?.startsWith('git/')));
  }
});

test('a commit that is gone is an error in words', async (t) => {
  const { sample, git, repository } = await world(t);
  sample.commit('main');
  await t.throwsAsync(git.commit(repository, 'main', 'b'.repeat(40)), {
    instanceOf: UserError,
    message: /lists a commit of \/sample that it does not give out .*b{40}.* push the branch again/,
  });
});

test('the login reaches the server, no argument, no file and no error holds it', async (t) => {
  const login = { username: 'ada', password: 's3cret-word' };
  const { sample, git, repository, server, folder } = await world(t, { login }, { credentials: login });
  const sha = sample.commit('main');
  t.is((await git.commit(repository, 'main', sha)).sha, sha);
  t.true(server.headers.every(({ authorization }) => authorization !== undefined));
  const secret = Buffer.from('ada:s3cret-word').toString('base64');
  for (const file of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue;
    const content = await readFile(join(file.parentPath, file.name), 'latin1');
    t.false(content.includes(secret) || content.includes('s3cret'), file.name);
  }
  const wrong = await world(t, { login }, { credentials: { ...login, password: 'wr0ng' } });
  const error = await t.throwsAsync(wrong.git.commit(wrong.repository, 'main', wrong.sample.commit('main')), { instanceOf: UserError });
  t.false(error.message.includes('wr0ng'));
});

test('a local repository needs nothing but its folder', async (t) => {
  const { sample, git, repository, server, folder } = await world(t);
  sample.commit('main');
  const sha = sample.commit('main');
  sample.commit('main');
  const path = join(sample.root, 'with % blanks and ü.git');
  await rename(sample.path, path);
  t.deepEqual(await git.commit({ ...repository, git: path }, 'main', sha), { sha, subject: 'work on main', ...ada });
  t.deepEqual(await cached(folder), ['commit']);
  t.deepEqual(server.requests, []);
});

test('what a commit says of itself is one short line without control characters', async (t) => {
  const { sample, git, repository } = await world(t);
  const sha = sample.commit('main', `\u001b[31mred\u0007 ${'x'.repeat(5_000)}`, 'Eve\u0008\u001b[2J');
  const commit = await git.commit(repository, 'main', sha);
  t.regex(commit.subject ?? '', /^\[31mred x+…$/);
  t.is(commit.subject?.length, 1_000);
  t.is(commit.author?.name, 'Eve [2J');
});

test('neither a commit nor a branch can be an option', async (t) => {
  const { git, repository } = await world(t);
  await t.throwsAsync(git.commit(repository, 'main', '--upload-pack=x'), { message: /is not a commit/ });
  await t.throwsAsync(git.commit(repository, '--upload-pack=x', 'a'.repeat(40)), { message: /is not a branch/ });
});

test('what git says of a commit is said here in the same words', async (t) => {
  const { sample, git, another, repository } = await world(t);
  const tree = sample.git('rev-parse', `${sample.commit('main')}^{tree}`);
  const odd = {
    'no message': `tree ${tree}\nauthor A <a@x> 0 +0000\ncommitter A <a@x> 0 +0000\n\n`,
    'a subject of two lines': `tree ${tree}\nauthor Ä B <> 1700000000 -0330\ncommitter A <a@x> 0 +0000\n\n\n  one\ntwo \n \nthree\n`,
    'a signature': `tree ${tree}\nauthor A <a@x> 1 +1400\ncommitter A <a@x> 0 +0000\ngpgsig -----BEGIN\n x\n \n author E <e@x> 2 +0000\n\nsigned\n`,
    'another encoding': `tree ${tree}\nauthor J\xf6rg <j@x> 1 +0100\ncommitter A <a@x> 0 +0000\nencoding ISO-8859-1\n\ngr\xfcn\n`,
  };
  for (const [name, text] of Object.entries(odd)) {
    const file = join(sample.root, 'commit');
    await writeFile(file, Buffer.from(text, name === 'another encoding' ? 'latin1' : 'utf8'));
    const sha = sample.git('hash-object', '-t', 'commit', '--literally', '-w', file);
    sample.git('update-ref', 'refs/heads/main', sha);
    const byGit = await another().commit({ ...repository, git: sample.path }, 'main', sha);
    const byUs = await git.commit(repository, 'main', sha);
    t.deepEqual({ ...byUs, date: Date.parse(byUs.date ?? '') }, { ...byGit, date: Date.parse(byGit.date ?? '') }, name);
  }
});
