import { execFileSync } from 'node:child_process';
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { githubName } from '@coxswain/sandbox';
import test, { type ExecutionContext } from 'ava';
import { says } from '../way/releasing.ts';
import { ada, aWay, type Way } from '../way/way.ts';

const statuses = (way: Way) => (way.world.github?.requests() ?? []).filter((line) => /^POST .*\/statuses\//.test(line));

/** A commit whose Dockerfile fails in a step with that text. */
async function pushFailing(t: ExecutionContext, { world: { sample } }: Way, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'coxswain-15-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
  git('clone', '--quiet', sample.path, '.');
  await appendFile(join(folder, 'Dockerfile'), `\nRUN echo '${text}' && exit 3\n`);
  git('-c', 'user.name=Mallory', '-c', 'user.email=m@example.com', 'commit', '--quiet', '--all', '-m', text);
  git('push', '--quiet', 'origin', `HEAD:${sample.branch}`);
  return git('rev-parse', 'HEAD');
}

test('an emoji in the reason of a run keeps no commit pending', async (t) => {
  const way = await aWay(t, { github: true });
  await way.start();
  const sha = await pushFailing(t, way, '🐛 ate the 🚢 👩‍👩‍👧‍👦');
  await way.showsUp('scheduler-1', /✗ \*image\* failed/, 60_000);
  await way.until(async () => (await way.record('scheduler-1'))?.delivery.commitStatus === 'failure', 20_000);
  const last = way.world.github?.statuses(githubName, sha).at(-1);
  t.is(last?.state, 'failure');
  t.regex(last?.description ?? '', /^scheduler-1 failed: image: .*\ufffd/);
  t.notRegex(last?.description ?? '', /[\u{10000}-\u{10ffff}\u200d]/u);
  t.is((await way.record('scheduler-1'))?.refusals, undefined);
});

test('a status that GitHub refuses for good is asked for once in each state, said in the run, and not again after a kill', async (t) => {
  const way = await aWay(t, { github: true });
  way.world.github?.faults.failNext(/^POST .*\/statuses\//, { status: 422, body: { message: 'Validation Failed', errors: [] } }, 500);
  await way.start();
  await way.world.sample.commitGood();
  await way.passes('scheduler-1', 60_000);
  await way.showsUp('scheduler-1', /⚠ GitHub does not accept the commit status `success`/);
  const asked = statuses(way).length;
  await way.world.bot.end('SIGKILL');
  await way.start();
  await new Promise((resolve) => setTimeout(resolve, 8_000));
  t.deepEqual([asked, statuses(way).length], [2, 2]);
  t.is(way.shown('scheduler-1').match(/does not accept the commit status/g)?.length, 1);
});

test('what Slack refuses for good is posted plainly, and a channel that is archived is not asked again and again', async (t) => {
  const way = await aWay(t, { github: true });
  await way.start();
  way.slack.faults.failNext('chat.postMessage', 'invalid_blocks');
  await way.world.sample.commitGood();
  await way.passes('scheduler-1', 60_000);
  t.is(way.messagesOf('scheduler-1').length, 1);

  way.slack.faults.failNext('chat.postMessage', 'is_archived', 500);
  const before = way.slack.calls('chat.postMessage').length;
  await way.world.sample.commitGood();
  await way.until(async () => (await way.record('scheduler-2'))?.state === 'passed', 60_000);
  await new Promise((resolve) => setTimeout(resolve, 25_000));
  const states = 3;
  const posts = way.slack.calls('chat.postMessage').length - before;
  t.true(posts <= states, `${posts} posts`);
  t.like((await way.record('scheduler-2'))?.delivery.refused, { state: 'passed' });
  t.regex(await says(way, ada, 'status scheduler-2'), /⚠ post scheduler-2 in #ci: Slack refused with is_archived; the channel is archived/);
  way.slack.faults.clear();
  await way.world.sample.commitGood();
  await way.passes('scheduler-3', 60_000);
  await way.passes('scheduler-2', 60_000);
});
