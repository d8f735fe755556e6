import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { git } from '@coxswain/sandbox';
import test, { type ExecutionContext } from 'ava';
import { parse, stringify } from 'yaml';
import { type SshServer, sshServer } from '../fixtures/ssh-server.ts';
import { ada, aWay, type Way } from '../way/way.ts';

interface Over {
  readonly key?: string;
  readonly knownHosts?: string;
  readonly path?: string;
}

/** The bot reads the sample repository by a real sshd, pods clone it there, and another login shares the key. */
async function behind(t: ExecutionContext, server: SshServer, over: Over = {}): Promise<Way> {
  const way = await aWay(t, { botEnv: { GIT_LAB_SSH_KEY: over.key ?? server.key, ...(over.path && { PATH: over.path }) } });
  const { configFile, sample } = way.world;
  const config = parse(await readFile(configFile, 'utf8'));
  const address = server.addressOf(sample.path);
  Object.assign(config.repositories[0], { git: address, clone: address });
  const elsewhere = { host: 'git.example.com', kind: 'ssh-key', secret: 'LAB', knownHosts: [server.otherHostKey] };
  const here = { host: server.host, kind: 'ssh-key', secret: 'LAB', knownHosts: [over.knownHosts ?? server.hostKey] };
  config.git = { ...config.git, logins: [elsewhere, here] };
  await writeFile(configFile, stringify(config));
  return way;
}

async function pathWithoutSsh(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'coxswain-path-'));
  await symlink(execFileSync('which', ['git'], { encoding: 'utf8' }).trim(), join(folder, 'git'));
  return folder;
}

/** The first line of the bot that tells of a poll that did not go well. */
async function refusal(way: Way): Promise<string> {
  const found = () => way.lines.find((line) => line.includes('poll of scheduler')) ?? '';
  way.world.bot.start();
  await way.until(() => found() !== '');
  return found();
}

test('by a real sshd a repository is polled, fetched, cloned by pods and pushed to, with the key of its host and no other', async (t) => {
  const server = await sshServer(t);
  const way = await behind(t, server);
  await way.start();
  await way.world.sample.commitGood();
  await way.passes('scheduler-1', 60_000);
  const before = (await git(['rev-parse', 'main'], { cwd: way.world.sample.path })).trim();
  await way.slack.type(ada, '#ci', '/cox version scheduler patch');
  await way.until(() => way.lines.some((line) => line.includes('was pushed by the bot on top of the last seen commit')));
  t.is(await git(['log', '-1', '--format=%P %ae', 'main'], { cwd: way.world.sample.path }), `${before} coxswain@localhost\n`);
  const left = async (pid: number | undefined) =>
    (await readdir(tmpdir())).filter((name) => name.startsWith(`coxswain-ssh-${pid}-`)).length;
  const { pid } = way.world.bot;
  t.is(await left(pid), 1);
  await way.world.bot.end('SIGKILL');
  await way.start();
  t.is(await left(pid), 0, 'the key of a process that was killed is taken away');
  t.log(`${server.log().match(/Accepted publickey/g)?.length} sessions of ssh with the key`);
});

test('a key that is refused, a host that is another one and a machine without ssh are told as such', async (t) => {
  const server = await sshServer(t);
  const stranger = await refusal(await behind(t, server, { key: server.strangerKey }));
  t.regex(stranger, /Permission denied \(publickey\).*the host refuses the key: check GIT_LAB_SSH_KEY/);
  const accepted = server.log();
  const other = await refusal(await behind(t, server, { knownHosts: server.otherHostKey }));
  t.regex(other, /Host key verification failed.*the host shows a key that is not in `knownHosts`/);
  t.notRegex(server.log().slice(accepted.length), /publickey/);
  const without = await behind(t, server, { path: await pathWithoutSsh() });
  t.regex(await refusal(without), /`ssh` is not installed here: install openssh-client/);
});
