import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { git } from '../../src/git/run-git.ts';
import { sampleRepository } from '../../src/git/sample.ts';
import { startGitServer } from '../../src/git/server.ts';

async function served(t: ExecutionContext) {
  const folder = await mkdtemp(join(tmpdir(), 'git-server-'));
  const repositories = join(folder, 'repositories');
  const sample = await sampleRepository({ repositories, work: join(folder, 'work'), base: 'scratch' });
  const lines: string[] = [];
  const server = await startGitServer({ folder: repositories, log: (line) => lines.push(line) });
  t.teardown(async () => {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });
  return { folder, repositories, sample, server, lines, url: `${server.url}/scheduler.git` };
}

test('a repository is cloned in protocol 0 and 2', async (t) => {
  const { folder, url, sample } = await served(t);
  const [head] = await sample.commits(1);
  for (const version of ['0', '2']) {
    const clone = join(folder, `clone-${version}`);
    await git(['-c', `protocol.version=${version}`, 'clone', '--quiet', url, clone]);
    t.is((await git(['rev-parse', 'HEAD'], { cwd: clone })).trim(), String(head?.sha));
    t.regex(await readFile(join(clone, 'Dockerfile'), 'utf8'), /^FROM scratch\n/);
  }
});

test('refs are listed by prefix without a clone', async (t) => {
  const { url, sample } = await served(t);
  const commit = await sample.commitGood();
  t.is(await git(['-c', 'protocol.version=2', 'ls-remote', url, 'refs/heads/main']), `${commit.sha}\trefs/heads/main\n`);
});

test('one old commit alone is fetched by its hash, also without its trees', async (t) => {
  const { folder, url, sample } = await served(t);
  const [, old] = await sample.commits(2);
  await sample.commitGood();
  const bare = join(folder, 'cache.git');
  await git(['init', '--quiet', '--bare', bare]);
  await git(['fetch', '--quiet', '--depth=1', '--filter=tree:0', url, String(old?.sha)], { cwd: bare });
  t.is((await git(['log', '-1', '--format=%s', String(old?.sha)], { cwd: bare })).trim(), String(old?.message));
  const objects = await git(['count-objects', '-v'], { cwd: bare });
  t.regex(objects, /in-pack: 1\n|count: 1\n/);
});

test('what is no repository of the folder is not found, and nothing can be pushed', async (t) => {
  const { folder, server, url } = await served(t);
  await git(['init', '--quiet', '--bare', join(folder, 'secret.git')]);
  const ask = (path: string): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      // fetch would tidy the path before it is sent.
      request(server.url, { path }, (response) => resolve(response.resume().statusCode))
        .once('error', reject)
        .end();
    });
  const refs = 'info/refs?service=git-upload-pack';
  for (const path of [
    `/none.git/${refs}`,
    `/../secret.git/${refs}`,
    `/scheduler.git/../../secret.git/${refs}`,
    `/%2e%2e/secret.git/${refs}`,
    '/',
  ]) {
    t.is(await ask(path), 404, path);
  }
  t.is(await ask(`/scheduler.git/info/refs?service=git-receive-pack`), 403);
  t.is(await ask(`/scheduler.git/info/refs`), 404);
  await t.throwsAsync(git(['ls-remote', `${server.url}/none.git`]), { message: /repository .* not found/ });
  t.is(await ask(new URL(`${url}/git-upload-pack`).pathname), 405);
});

test('a connection is kept for the next question', async (t) => {
  const { url, lines } = await served(t);
  const trace = await promisify(execFile)('git', ['ls-remote', url], {
    env: { ...process.env, GIT_CURL_VERBOSE: '1', GIT_TRACE_CURL_NO_DATA: '1' },
  });
  t.regex(trace.stderr, /Re-using existing connection/i);
  t.is(lines.length, 2);
});

test('a fetch of what is not there fails, and the server goes on', async (t) => {
  const { folder, url, sample } = await served(t);
  await writeFile(join(folder, 'x'), '');
  await t.throwsAsync(git(['fetch', '--quiet', url, '0123456789012345678901234567890123456789'], { cwd: sample.path }));
  t.regex(await git(['ls-remote', url]), /refs\/heads\/main/);
});
