import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { gitClient } from '../../../src/clients/git/git-client.ts';
import { httpClient } from '../../../src/clients/http/http-client.ts';
import type { Repository } from '../../../src/core/config.ts';
import { UserError } from '../../../src/core/errors.ts';
import { type Credentials, loginAt } from '../../fixtures/git-login.ts';
import { sampleRepository } from '../../fixtures/git-repository.ts';
import { type GitServerOptions, gitServer } from '../../fixtures/git-server.ts';

const quiet = { info() {}, warn() {}, error() {} };
const login = { username: 'bot', password: 'open sesame' };
const author = { name: 'coxswain', email: 'bot@example.com' };

interface Options {
  readonly server?: GitServerOptions;
  readonly credentials?: Credentials;
  readonly init?: string[];
}

async function world(t: ExecutionContext, { server: serverOptions = {}, credentials, init = [] }: Options = {}) {
  const sample = sampleRepository(t, ...init);
  sample.git('config', 'http.receivepack', 'true');
  sample.git('config', 'uploadpack.allowFilter', 'true');
  const server = await gitServer(sample.root, serverOptions);
  const http = httpClient();
  t.teardown(async () => {
    await http.close();
    await server.close();
  });
  const folder = join(sample.root, 'cache');
  const rules = { httpHosts: [server.host], localRoots: [sample.root], botEmail: author.email };
  const at = (git: string): Repository => ({ name: 'sample', short: 's', git, clone: git, branches: ['**'], channel: '#ci', stages: [] });
  const git = gitClient({ folder, rules, http, log: quiet, ...loginAt(server.host, credentials) });
  const left = () => readdirSync(folder).filter((name) => name.startsWith('work-'));
  return { sample, server, git, left, remote: at(`${server.url}/sample.git`), local: at(sample.path) };
}

for (const old of [false, true]) {
  test(`tags are the commits that they point to (${old ? 'protocol 0' : 'protocol 2'})`, async (t) => {
    const { sample, git, remote, local } = await world(t, { server: { old } });
    const first = sample.commit('main');
    const second = sample.commit('main');
    sample.git('tag', '-a', '-m', 'a tag', 'v1.0.0', first);
    sample.git('tag', 'v1.1.0', second);
    t.deepEqual(await git.tags(remote), { 'v1.0.0': first, 'v1.1.0': second });
    t.deepEqual(await git.tags(local), { 'v1.0.0': first, 'v1.1.0': second });
    t.deepEqual(await git.heads(remote), { main: second });
    t.deepEqual(await git.heads(local), { main: second });
  });
}

const reads = test.macro<[options: Options, where: 'remote' | 'local', filter?: 'false']>(async (t, options, where, filter) => {
  const { sample, git, left, ...at } = await world(t, options);
  if (filter) sample.git('config', 'uploadpack.allowFilter', filter);
  const first = sample.commit('main', 'one');
  const second = sample.commit('main', 'two');
  t.regex(await git.file(at[where], 'main', first, 'file'), /^main one /);
  t.regex(await git.file(at[where], 'main', second, 'file'), /^main two /);
  t.deepEqual(left(), []);
});

test('a file is read at any commit', reads, {}, 'remote');
test('a file of a folder is read', reads, {}, 'local');
test('a file is read from a server that leaves nothing out', reads, {}, 'remote', 'false');
test('a file is read from a server of protocol 0', reads, { server: { old: true } }, 'remote');
test('a file is read from a repository of SHA-256', reads, { init: ['--object-format=sha256'] }, 'remote');

test('a file that is not there, is none or is too large says what to do', async (t) => {
  const { sample, git, remote } = await world(t);
  const sha = sample.commit('main');
  const refused = async (path: string, message: RegExp) =>
    t.throwsAsync(git.file(remote, 'main', sample.git('rev-parse', 'main'), path), { instanceOf: UserError, message });
  await refused('README.md', /no file README\.md on `main`: .*version\.path/);
  const link = sample.git('rev-parse', `${sha}:file`);
  sample.git('update-index', '--add', '--cacheinfo', `120000,${link},link`);
  sample.git('update-index', '--add', '--cacheinfo', `100644,${link},folder/inside`);
  sample.commit('main');
  await refused('link', /not a regular file/);
  await refused('folder', /not a regular file/);
});

const pushes = test.macro<[options: Options, where: 'remote' | 'local']>(async (t, options, where) => {
  const { sample, git, left, ...at } = await world(t, options);
  const oid = sample.git('rev-parse', `${sample.commit('main')}:file`);
  sample.git('update-index', '--add', '--cacheinfo', `100755,${oid},folder/run`);
  const parent = sample.commit('main');
  const change = { branch: 'main', parent, path: 'folder/run', text: 'ü new\n', message: 'Bump it\n\nAsked for.', topic: 'x', author };
  const sha = await git.pushFile(at[where], change);
  t.is(sample.git('rev-parse', 'main'), sha);
  t.is(
    sample.git('show', '-s', '--format=%P|%an|%ae|%cn|%ce|%B', sha),
    `${parent}|coxswain|bot@example.com|coxswain|bot@example.com|Bump it\n\nAsked for.`,
  );
  t.is(sample.git('diff', '--name-only', parent, sha), 'folder/run');
  t.is(sample.git('show', `${sha}:folder/run`), 'ü new');
  t.regex(sample.git('ls-tree', sha, 'folder/run'), /^100755/);
  sample.git('fsck', '--strict');
  await t.throwsAsync(git.pushFile(at[where], { ...change, text: 'other' }), {
    instanceOf: UserError,
    message: /`main` has moved in the meantime/,
  });
  t.is(sample.git('rev-parse', 'main'), sha, 'nothing is overwritten');
  t.deepEqual(left(), []);
});

test('a changed file is one commit on top of the parent, and of no other', pushes, { server: { login }, credentials: login }, 'remote');
test('a changed file is pushed to a folder', pushes, {}, 'local');
test('a changed file is pushed to a repository of SHA-256', pushes, { init: ['--object-format=sha256'] }, 'local');
test('a changed file is pushed to a server of protocol 0', pushes, { server: { old: true }, credentials: login }, 'remote');

test('a push that is refused says why and what to do', async (t) => {
  const { sample, git, remote } = await world(t, { credentials: login });
  const parent = sample.commit('main');
  const change = { branch: 'main', parent, path: 'file', text: 'new', message: 'Bump', topic: 'x', author };
  sample.git('config', 'http.receivepack', 'false');
  await t.throwsAsync(git.pushFile(remote, change), {
    instanceOf: UserError,
    message: /does not let the bot push to `main` .*write access/,
  });
  const anonymous = await world(t);
  const start = anonymous.sample.commit('main');
  await t.throwsAsync(anonymous.git.pushFile(anonymous.remote, { ...change, parent: start }), {
    instanceOf: UserError,
    message: /add one for this host under git\.logins/,
  });
});

test('a server that fails where it is asked to leave files out, as Dulwich does, is asked for all', async (t) => {
  let failures = 0;
  const { sample, git, remote, left } = await world(t, {
    server: {
      old: true,
      before(request, response) {
        const isFetch = request.method === 'POST' && request.headers['user-agent']?.startsWith('git/');
        if (!isFetch || failures > 0) return false;
        failures += 1;
        return !!response.writeHead(500).end();
      },
    },
  });
  const sha = sample.commit('main', 'one');
  t.regex(await git.file(remote, 'main', sha, 'file'), /^main one /);
  t.is(failures, 1);
  t.deepEqual(left(), []);
});
