import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { Run } from '../../src/core/run/run.ts';
import { ada, aWay, type Way, wordsOf } from '../way/way.ts';
import { answered, answerTime, median } from './latency.ts';

const env = { PATH: process.env.PATH ?? '' };
const stages = [{ name: 'image', image: { template: 'makisu', repository: 'sample/scheduler', workspace: '100Mi' } }];
const slow = { stepMs: 60_000, testSeconds: 0 };
const one = { limits: { runs: 1 } };

/** So many branches at the commit that `main` is at, in one push. */
function push(way: Way, count: number, prefix = 'feature/'): void {
  const { path } = way.world.sample;
  const git = (args: string[], input?: string) => execFileSync('git', args, { cwd: path, input, encoding: 'utf8', env });
  const sha = git(['rev-parse', 'main']).trim();
  git(
    ['update-ref', '--stdin'],
    Array.from({ length: count }, (_, i) => `create refs/heads/${prefix}${String(i).padStart(5, '0')} ${sha}\n`).join(''),
  );
}

/** Runs as the bot saves them, each of a branch of its own, which waits. */
async function queued(way: Way, count: number): Promise<void> {
  const folder = join(way.world.data, 'runs');
  await mkdir(folder, { recursive: true });
  const [head] = await way.world.sample.commits(1);
  for (let i = 1; i <= count; i += 1) await writeFile(join(folder, `scheduler-${i}.json`), JSON.stringify(aWaiting(i, head?.sha ?? '')));
}

function aWaiting(number: number, sha: string): Run {
  const id = `scheduler-${number}`;
  const branch = `feature/${String(number).padStart(5, '0')}`;
  return {
    id,
    uid: number.toString(16).padStart(20, '0'),
    key: `scheduler ${branch} ${sha} commit `,
    repository: 'scheduler',
    branch,
    commit: { sha, subject: `Change ${number}` },
    cause: { kind: 'commit' },
    state: 'queued',
    stages: [{ name: 'image', kind: 'image', state: 'waiting' }],
    namespace: `cox-sandbox-${id}`,
    createdAt: new Date(Date.UTC(2026, 0, 1) + number * 1000).toISOString(),
    revision: 1,
    delivery: { channel: '#ci', thread: [], cleaned: false },
  };
}

const told = (way: Way) => way.slack.messages('#ci').filter((message) => /without a run, because/.test(wordsOf(message)));

test.serial(
  'ten thousand branches that come at once start twenty runs, and the channel is told once, also over a kill',
  async (t: ExecutionContext) => {
    const way = await aWay(t, { pace: slow, config: { stages, over: one } });
    await way.start();
    push(way, 10_000);
    await way.until(async () => (await way.records()).length === 20, 60_000);
    await way.world.bot.end('SIGKILL');
    await way.start();
    await way.until(() => told(way).length > 0, 60_000);
    await new Promise((resolve) => setTimeout(resolve, 8_000));
    t.is((await way.records()).length, 20);
    t.is(told(way).length, 1);
    const words = wordsOf(told(way)[0] ?? { text: '' });
    t.regex(words, /9980 branches have new commits without a run/);
    t.regex(words, /`\/cox run scheduler &lt;branch&gt;` starts a run for one of them/);
    t.true((await answerTime(way, ada, '/cox run scheduler feature/09999')) < 10_000);
    await way.until(async () => (await way.records()).some(({ branch }) => branch === 'feature/09999'));
  },
);

test.serial('with ten thousand runs that wait answers come within 300 ms, and all are cancelled by one word', async (t) => {
  const way = await aWay(t, { pace: slow, config: { stages, over: { ...one, keep: { namespaces: '2m', runs: 200 } } } });
  await queued(way, 10_000);
  const began = performance.now();
  way.world.bot.start();
  await way.until(() => way.lines.some((line) => line.includes('is watching')), 120_000);
  const start = performance.now() - began;
  const until = Date.now() + 15_000;
  const times = await answered(way, ada, ['/cox status', '/cox help', '/cox runs'], () => Date.now() > until);
  t.log(
    `watching after ${Math.round(start)} ms; ${times.length} answers, median ${Math.round(median(times))} ms, slowest ${Math.round(Math.max(...times))} ms`,
  );
  t.true(median(times) < 300, `${median(times)} ms`);

  const cancelling = performance.now();
  const ended = () => way.slack.ephemerals(ada).some((message) => /runs of scheduler cancelled/.test(wordsOf(message)));
  await way.slack.type(ada, '#ci', '/cox cancel --all scheduler');
  const meanwhile = await answered(way, ada, ['/cox whoami'], () => ended() || performance.now() - cancelling > 300_000);
  t.log(
    `all cancelled after ${Math.round(performance.now() - cancelling)} ms; meanwhile median ${Math.round(median(meanwhile))} ms, slowest ${Math.round(Math.max(0, ...meanwhile))} ms`,
  );
  const [said = ''] = way.slack
    .ephemerals(ada)
    .map(wordsOf)
    .filter((words) => /runs of scheduler cancelled/.test(words));
  t.regex(said, /10000 runs of scheduler cancelled/);
  t.notRegex(said, /could not be/);
  if (meanwhile.length > 0) t.true(median(meanwhile) < 300, `${median(meanwhile)} ms`);
  await way.slack.type(ada, '#ci', '/cox audit');
  await way.until(() => way.slack.ephemerals(ada).some((message) => /10000 cancelled, 0 not/.test(wordsOf(message))));
});
