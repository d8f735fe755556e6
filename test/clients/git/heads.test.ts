import { readdir, rename, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { type GitClient, type GitOptions, gitClient } from '../../../src/clients/git/git-client.ts';
import { encodePackets } from '../../../src/clients/git/http/pkt-line.ts';
import { httpClient } from '../../../src/clients/http/http-client.ts';
import { HttpError } from '../../../src/clients/http/http-error.ts';
import type { Repository } from '../../../src/core/config.ts';
import { UserError } from '../../../src/core/errors.ts';
import { type Credentials, loginAt } from '../../fixtures/git-login.ts';
import { type SampleRepository, sampleRepository } from '../../fixtures/git-repository.ts';
import { type GitServer, type GitServerOptions, gitServer } from '../../fixtures/git-server.ts';

const quiet = { info() {}, warn() {}, error() {} };

interface World {
  readonly sample: SampleRepository;
  readonly server: GitServer;
  readonly cache: string;
  readonly git: GitClient;
  readonly repository: Repository;
}

async function world(
  t: ExecutionContext,
  serverOptions: GitServerOptions = {},
  { credentials, ...options }: Partial<GitOptions> & { readonly credentials?: Credentials } = {},
  init: string[] = [],
): Promise<World> {
  const sample = sampleRepository(t, ...init);
  const server = await gitServer(sample.root, serverOptions);
  const http = httpClient();
  t.teardown(async () => {
    await http.close();
    await server.close();
  });
  const cache = join(sample.root, 'cache');
  const rules = { httpHosts: [server.host], localRoots: [sample.root], botEmail: 'bot@example.com' };
  const git = gitClient({ folder: cache, rules, http, log: quiet, ...loginAt(server.host, credentials), ...options });
  return { sample, server, cache, git, repository: repositoryAt(`${server.url}/sample.git`) };
}

function repositoryAt(git: string, branches = ['main', 'feature/*']): Repository {
  return { name: 'sample', short: 'sample', git, clone: git, branches, channel: '#ci', stages: [] };
}

test('heads are the branches that match, and nothing else is asked of the server', async (t) => {
  const { sample, git, server, repository, cache } = await world(t);
  const main = sample.commit('main');
  const feature = sample.commit('feature/x');
  sample.commit('feature/x2/deeper');
  sample.commit('main2');
  sample.git('tag', '-a', '-m', 'a tag', 'v1', main);
  t.deepEqual(await git.heads(repository), { main, 'feature/x': feature });
  t.deepEqual(server.requests, ['GET /sample.git/info/refs 200', 'POST /sample.git/git-upload-pack 200']);
  await t.throwsAsync(readdir(cache), { code: 'ENOENT' }, 'nothing was cloned');
});

test('fifty polls are one question each, over connections that are kept', async (t) => {
  const { sample, git, server, repository } = await world(t);
  const main = sample.commit('main');
  for (let i = 0; i < 50; i++) t.deepEqual(await git.heads(repository), { main });
  // A second one, for a question that follows an answer in the same moment.
  t.true(server.connections() <= 2, `${server.connections()} connections`);
  t.is(server.requests.length, 51);
  const next = sample.commit('main');
  t.deepEqual(await git.heads(repository), { main: next });
});

test('a repository without branches has no heads', async (t) => {
  const { git, repository } = await world(t);
  t.deepEqual(await git.heads(repository), {});
});

test('a repository of SHA-256 is read as well', async (t) => {
  const { sample, git, repository } = await world(t, {}, {}, ['--object-format=sha256']);
  const main = sample.commit('main');
  t.is(main.length, 64);
  t.deepEqual(await git.heads(repository), { main });
});

test('a server that speaks protocol v0 only is understood, and asked again each time', async (t) => {
  const { sample, git, server, repository } = await world(t, { old: true });
  t.deepEqual(await git.heads(repository), {});
  const main = sample.commit('main');
  sample.git('tag', '-a', '-m', 'a tag', 'v1', main);
  t.deepEqual(await git.heads(repository), { main });
  const next = sample.commit('main');
  t.deepEqual(await git.heads(repository), { main: next });
  t.deepEqual(new Set(server.requests), new Set(['GET /sample.git/info/refs 200']));
});

test('a login is sent to the repository, and never repeated in an error', async (t) => {
  const login = { username: 'ada', password: 's3cret' };
  const { sample, git, repository, server } = await world(t, { login }, { credentials: login });
  const main = sample.commit('main');
  t.deepEqual(await git.heads(repository), { main });
  t.deepEqual(server.requests[0], 'GET /sample.git/info/refs 200');

  const other = await world(t, { login }, { credentials: { ...login, password: 'wr0ng' } });
  const error = await t.throwsAsync(other.git.heads(other.repository), {
    instanceOf: UserError,
    message: /refuses the login "ada".*GIT_PASSWORD/,
  });
  t.false(error.message.includes('wr0ng'));
  const without = await world(t, { login });
  await t.throwsAsync(without.git.heads(without.repository), {
    instanceOf: UserError,
    message: /asks for a login .*add one for this host under git\.logins, such as \{host: "127\.0\.0\.1:\d+", secret: NAME\}/,
  });
});

const refused = test.macro(async (t, status: number, kind: typeof UserError | typeof HttpError, message: RegExp) => {
  const { git, repository } = await world(t, { before: (_, response) => !!response.writeHead(status).end() });
  await t.throwsAsync(git.heads(repository), { instanceOf: kind, message });
});
test('403 is said in words', refused, 403, UserError, /does not let anonymous users read \/sample.git \(403\)/);
test('404 is said in words', refused, 404, UserError, /has no repository \/sample.git, or anonymous users cannot see it/);
test('503 is said in words', refused, 503, HttpError, /answers 503 for \/sample.git/);

test('a server that only serves files is refused with a way out', async (t) => {
  const before: GitServerOptions['before'] = (_, response) =>
    !!response.writeHead(200, { 'content-type': 'text/plain' }).end('abc\trefs/heads/main\n');
  const { git, repository } = await world(t, { before });
  await t.throwsAsync(git.heads(repository), {
    instanceOf: UserError,
    message: /does not answer as a git server \(text\/plain\).*git clone/,
  });
});

test('a redirect on the same host is followed once, the new address is kept', async (t) => {
  const { sample, git, server, repository } = await world(t, {
    before: (request, response) =>
      request.url?.startsWith('/old') === true && !!response.writeHead(301, { location: request.url.replace('/old', '/sample.git') }).end(),
  });
  const main = sample.commit('main');
  const moved = { ...repository, git: `${server.url}/old` };
  t.deepEqual(await git.heads(moved), { main });
  t.deepEqual(await git.heads(moved), { main });
  t.deepEqual(
    server.requests.filter((request) => request.includes('/old')),
    ['GET /old/info/refs 301'],
  );
  t.is((await git.commit(moved, 'main', main)).sha, main);
});

test('a redirect to another host is not followed, and gets no login', async (t) => {
  const other = await world(t);
  const { git, repository } = await world(
    t,
    { before: (request, response) => !!response.writeHead(302, { location: `${other.server.url}${request.url}` }).end() },
    { credentials: { username: 'ada', password: 's3cret' } },
  );
  await t.throwsAsync(git.heads(repository), { instanceOf: UserError, message: /redirected to http:\/\/127.* redirects are not followed/ });
  t.deepEqual(other.server.requests, []);
});

test('redirects in a circle end', async (t) => {
  const { git, repository, server } = await world(t, {
    before: (request, response) => !!response.writeHead(302, { location: request.url ?? '' }).end(),
  });
  await t.throwsAsync(git.heads(repository), { message: /redirects endlessly/ });
  t.is(server.requests.length, 5);
});

test('a repository that has moved since is found again', async (t) => {
  let moved = false;
  const { sample, git, repository } = await world(t, {
    before(request, response) {
      if (!moved || !request.url?.startsWith('/sample.git')) return false;
      const from = request.url.endsWith('git-upload-pack') && request.method === 'POST' ? 404 : 301;
      return !!response.writeHead(from, { location: request.url.replace('/sample.git', '/./sample.git/../new.git') }).end();
    },
  });
  const main = sample.commit('main');
  t.deepEqual(await git.heads(repository), { main });
  await rename(sample.path, join(sample.root, 'new.git'));
  moved = true;
  t.deepEqual(await git.heads(repository), { main });
});

test('branches that git itself would not allow are left out and said once', async (t) => {
  const sha = 'a'.repeat(40);
  const bad = ['evil\u0007bell', 'x'.repeat(300), 'a..b', '-x', 'end.lock/x', 'x\u2028y'];
  const advertisement = encodePackets(['# service=git-upload-pack', 'flush', 'version 2', 'ls-refs', 'flush']);
  const said: string[] = [];
  const { git, repository } = await world(
    t,
    {
      before(request, response) {
        const [type, body] =
          request.method === 'GET'
            ? ['application/x-git-upload-pack-advertisement', advertisement]
            : [
                'application/x-git-upload-pack-result',
                encodePackets([...['main', '__proto__', ...bad].map((name) => `${sha} refs/heads/${name}`), 'flush']),
              ];
        return !!response.writeHead(200, { 'content-type': type }).end(body);
      },
    },
    { log: { ...quiet, warn: (message) => said.push(message) } },
  );
  for (let i = 0; i < 2; i++)
    t.deepEqual(Object.entries(await git.heads({ ...repository, branches: ['**'] })), [
      ['main', sha],
      ['__proto__', sha],
    ]);
  t.is(said.length, bad.length);
  t.false(said.join('').includes('\u0007'));
});

const nonsense = test.macro(async (t, body: string, message: RegExp) => {
  const before: GitServerOptions['before'] = (_, response) =>
    !!response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-advertisement' }).end(body);
  const { git, repository } = await world(t, { before });
  await t.throwsAsync(git.heads(repository), { instanceOf: HttpError, message });
});
test('an answer that is no protocol is an error', nonsense, 'hello', /half an answer.*not the start of a packet/);
test('an answer that ends too early is an error', nonsense, '0020abc', /ends in the middle/);
test(
  "the server's own error is repeated without its control characters",
  nonsense,
  encodePackets(['ERR upload-pack: \u001b[31mnot allowed']),
  /refuses the request for \/sample\.git: "upload-pack: \[31mnot allowed"/,
);

test('a local repository is read by git itself, through a symbolic link inside the roots too', async (t) => {
  const { sample, git } = await world(t);
  const main = sample.commit('main');
  const feature = sample.commit('feature/ü');
  t.deepEqual(await git.heads(repositoryAt(sample.path)), { main, 'feature/ü': feature });
  await symlink(sample.path, join(sample.root, 'link'));
  t.deepEqual(await git.heads(repositoryAt(`file://${sample.root}/link`)), { main, 'feature/ü': feature });
});

test('a folder that is no repository is said', async (t) => {
  const { sample, git } = await world(t);
  await t.throwsAsync(git.heads(repositoryAt(sample.root)), { instanceOf: UserError, message: /is not a git repository/ });
});
