import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { type GitCli, GitError, git } from '../../../../src/clients/git/program/git-cli.ts';
import { gitIn, prepareHome } from '../../../../src/clients/git/program/git-home.ts';

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
