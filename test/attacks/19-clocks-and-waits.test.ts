import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGitServer } from '@coxswain/sandbox';
import test, { type ExecutionContext } from 'ava';
import { parse, stringify } from 'yaml';
import { aWay, type Way } from '../way/way.ts';

const image = { name: 'image', image: { template: 'makisu', repository: 'sample/scheduler', workspace: '100Mi' } };
const env = { PATH: process.env.PATH ?? '' };
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function aFolder(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'coxswain-attack-'));
  t.teardown(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}

/** A second repository, at a host of its own. */
async function other(t: ExecutionContext) {
  const folder = await aFolder(t);
  const path = join(folder, 'other.git');
  const who = { GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@b', GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@b' };
  const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, encoding: 'utf8', env: { ...env, ...who } }).trim();
  git('init', '--quiet', '--bare', '--initial-branch=main', path);
  const commit = () => {
    const tree = git(`--git-dir=${path}`, 'hash-object', '-t', 'tree', '-w', '/dev/null');
    const sha = git(`--git-dir=${path}`, 'commit-tree', tree, '-m', String(Math.random()));
    git(`--git-dir=${path}`, 'update-ref', 'refs/heads/main', sha);
  };
  commit();
  const server = await startGitServer({ folder, env });
  t.teardown(() => server.close());
  return { server, commit, repository: { name: 'other', git: `${server.url}/other.git`, branches: ['main'], stages: [image] } };
}

/** A bot that watches a repository at each of two hosts. */
async function twoHosts(t: ExecutionContext) {
  const { server, commit, repository } = await other(t);
  const way = await aWay(t, { config: { stages: [image] } });
  const { configFile } = way.world;
  const written = parse(await readFile(configFile, 'utf8'));
  written.git.httpHosts.push(new URL(server.url).host);
  written.repositories.push(repository);
  await writeFile(configFile, stringify(written));
  return { way, server, commit };
}

for (const [form, retryAfter] of [
  ['seconds', () => '12'],
  ['a date', () => new Date(Date.now() + 12_000).toUTCString()],
] as const) {
  test.serial(`a git host that asks to wait by ${form} is not asked, and the other one is as ever`, async (t) => {
    const { way, server, commit } = await twoHosts(t);
    await way.start();
    server.refuse({ status: 429, headers: { 'retry-after': retryAfter() } });
    const before = server.asked();
    await way.until(() => server.asked() > before);
    server.refuse();
    commit();
    const since = Date.now();
    const [asked, elsewhere] = [server.asked(), way.world.git.asked()];
    await wait(8_000);
    t.log(`asked ${server.asked() - asked} times in 8 s; the other host ${way.world.git.asked() - elsewhere} times`);
    t.is(server.asked(), asked);
    t.true(way.world.git.asked() - elsewhere >= 2);
    await way.until(async () => (await way.records()).some(({ repository }) => repository === 'other'), 20_000);
    t.true(Date.now() - since < 20_000);
    t.is(way.lines.filter((line) => /poll of other: .*429.*retrying in/.test(line)).length, 1);
    await way.until(() => way.lines.some((line) => /poll of other: working again/.test(line)));
  });
}

test.serial('a git host that fails is asked less and less often, which is said once', async (t) => {
  const { way, server } = await twoHosts(t);
  await way.start();
  server.refuse({ status: 500 });
  const [asked, elsewhere] = [server.asked(), way.world.git.asked()];
  await wait(25_000);
  t.log(`asked ${server.asked() - asked} times in 25 s; the other host ${way.world.git.asked() - elsewhere} times`);
  t.true(server.asked() - asked <= 5);
  t.true(way.world.git.asked() - elsewhere >= 8);
  t.is(way.lines.filter((line) => line.includes('poll of other:')).length, 1);
});

for (const hours of [-1, -24 * 365, 5]) {
  test.serial(`a clock that is set by ${hours} h stops no poll, and ends no run`, async (t) => {
    const file = join(await aFolder(t), 'clock');
    await writeFile(file, '0');
    const preload = new URL('set-clock.ts', import.meta.url).href;
    const pace = { stepMs: 1_500, testSeconds: 0 };
    const way = await aWay(t, { env: { ...env, COX_CLOCK: file, NODE_OPTIONS: `--import=${preload}` }, pace, config: { stages: [image] } });
    await way.start();
    await way.world.sample.commitGood();
    await way.showsUp('scheduler-1', /step [2-9]\/\d/);
    await writeFile(file, String(hours * 3_600_000));
    await wait(500);
    await way.passes('scheduler-1', 60_000);
    await way.world.sample.commitGood();
    const since = Date.now();
    await way.until(async () => (await way.record('scheduler-2')) !== undefined, 25_000);
    t.log(`seen after ${Date.now() - since} ms`);
    await way.passes('scheduler-2', 60_000);
    t.true(way.lines.some((line) => line.includes(`the clock was set ${hours < 0 ? 'back' : 'forward'} by`)));
  });
}

/** Every line of the log of the build as it is kept. */
function kept(way: Way, id: string): string[] {
  const file = join(way.world.data, 'logs', id, 'image.makisu.log.gz');
  return execFileSync('zcat', [file], { encoding: 'utf8' }).trimEnd().split('\n');
}

test.serial(
  'a node of another time zone, whose kubelet can follow no log: each line is kept once, and what the kubelet says, too',
  async (t) => {
    const way = await aWay(t, { pace: { stepMs: 1_000, testSeconds: 0 }, config: { stages: [image] } });
    const says = 'failed to create fsnotify watcher: too many open files';
    way.world.kubernetes?.giveLogs({ zone: 330, says });
    await way.start();
    await way.world.sample.commitGood();
    await way.showsUp('scheduler-1', /step [2-9]\/\d/);
    // In the middle of the log it changes: the hour is put back.
    way.world.kubernetes?.giveLogs({ zone: -210 });
    await way.world.bot.end('SIGKILL');
    await way.start();
    await way.passes('scheduler-1', 60_000);
    const lines = kept(way, 'scheduler-1');
    const texts = lines.map((line) => line.slice(line.indexOf(' ') + 1));
    const twice = lines.filter((line, index) => lines.indexOf(line) !== index);
    t.log(`${lines.length} lines, ${texts.filter((text) => text.includes(says)).length} of the kubelet, ${twice.length} kept twice`);
    t.deepEqual(
      texts.filter((text) => text.includes(says)),
      [`[coxswain: the kubelet says: ${says}]`],
    );
    t.false(
      texts.some((text) => text.includes('are missing')),
      'no gap is said where none is',
    );
    t.deepEqual(twice, []);
  },
);
