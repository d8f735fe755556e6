import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { type GitCli, GitError, git } from '../../../../src/clients/git/program/git-cli.ts';
import { gitEnvironment } from '../../../../src/clients/git/program/git-environment.ts';
import { gitIn, prepareHome } from '../../../../src/clients/git/program/git-home.ts';
import { runProgram } from '../../../../src/clients/git/program/run-program.ts';
import { inLane, type Lane } from '../../../../src/core/concurrency/lane.ts';

async function cli(t: ExecutionContext, environment: Record<string, string> = {}): Promise<GitCli> {
  const folder = await mkdtemp(join(tmpdir(), 'coxswain-cli-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const home = gitIn(folder, environment);
  await prepareHome(home);
  return home;
}

test('git that hangs is killed with all that it started', async (t) => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const connected = once(server, 'connection');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x.git`;
  const asking = git(await cli(t), ['ls-remote', '--', url], { protocols: 'http', timeoutMs: 2_500 });
  const [socket] = await connected;
  const closed = once(socket.resume(), 'close');
  await t.throwsAsync(asking, { instanceOf: GitError, message: 'git ls-remote did not end within 2.5 s' });
  await closed;
});

test('a transport that was not named is not used', async (t) => {
  const home = await cli(t);
  await t.throwsAsync(git(home, ['ls-remote', '--', 'ext::sh -c "echo x >&2"']), {
    instanceOf: GitError,
    message: /transport 'ext' not allowed/,
  });
  await t.throwsAsync(git(home, ['ls-remote', '--', `file://${home.home}`]), { message: /transport 'file' not allowed/ });
  await t.throwsAsync(git(home, ['ls-remote', '--', 'http://127.0.0.1:1/x'], { protocols: 'https' }), {
    message: /transport 'http' not allowed/,
  });
});

test('git that is missing is said', async (t) => {
  await t.throwsAsync(git(await cli(t, { PATH: '/nowhere' }), ['version']), { message: 'git version is not installed here' });
});

test('git does not see the configuration of the user, nor ask at the terminal', async (t) => {
  const home = await cli(t);
  const printed = await git(home, ['config', '--list', '--show-origin']);
  t.true(
    printed
      .split('\n')
      .filter(Boolean)
      .every((line) => line.startsWith(`file:${home.config}`)),
    printed,
  );
});

test('git gets nothing else of the environment', (t) => {
  t.deepEqual(gitEnvironment({ PATH: '/bin', SLACK_BOT_TOKEN: 'xoxb-1', GIT_PASSWORD: 'p', HTTPS_PROXY: 'http://p:1', no_proxy: 'a' }), {
    environment: { PATH: '/bin' },
  });
});

test('authorities of git itself come first, then those of Node, then the file of OpenSSL', (t) => {
  const all = { GIT_SSL_CAINFO: '/git.pem', NODE_EXTRA_CA_CERTS: '/node.pem', SSL_CERT_FILE: '/ssl.pem' };
  t.deepEqual(gitEnvironment(all), { environment: { GIT_SSL_CAINFO: '/git.pem' } });
  const { environment, authorities } = gitEnvironment({ ...all, GIT_SSL_CAINFO: '' });
  t.deepEqual(environment, {});
  t.regex(authorities ?? '', /^-----BEGIN CERTIFICATE-----/);
  t.deepEqual(gitEnvironment({ SSL_CERT_FILE: '/ssl.pem' }), { environment: { GIT_SSL_CAINFO: '/ssl.pem' } });
});

const lanes = ['questions', 'decisions', 'bot'] as const;

test('questions and decisions have four programs at once each and the bot eight; none waits for another', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'coxswain-programs-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const options = { env: { PATH: process.env.PATH ?? '' }, cwd: folder, timeoutMs: 20_000, mostBytes: 1_000 };
  const wait = 'touch "$0.begun"; while [ ! -e go ]; do sleep 0.05; done';
  const begin = (lane: Lane, n: number) => inLane(lane, () => runProgram('sh', ['-c', wait, `${lane}-${n}`], options));
  const all = Array.from({ length: 12 }, (_unused, n) => lanes.map((lane) => begin(lane, n))).flat();
  const begun = async (lane: Lane) => (await readdir(folder)).filter((name) => name.startsWith(lane)).length;
  const most = { questions: 4, decisions: 4, bot: 8 };
  const isFull = async (lane: Lane) => (await begun(lane)) >= most[lane];
  while (!(await Promise.all(lanes.map(isFull))).every(Boolean)) await new Promise((resolve) => setTimeout(resolve, 50));
  await new Promise((resolve) => setTimeout(resolve, 300));
  t.deepEqual(await Promise.all(lanes.map(begun)), [4, 4, 8]);
  await writeFile(join(folder, 'go'), '');
  const ends = await Promise.all(all);
  t.true(ends.every(({ exitCode }) => exitCode === 0));
  t.deepEqual(await Promise.all(lanes.map(begun)), [12, 12, 12]);
});
