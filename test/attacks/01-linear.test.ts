import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { git } from '@coxswain/sandbox';
import test, { type ExecutionContext } from 'ava';
import { hostileLines, hostileWords } from '../fixtures/hostile-said.ts';
import { ada, aWay, guest, type Way, wordsOf } from '../way/way.ts';
import { type Inspector, inspected, inspectorOf } from './inspector.ts';

const env = { PATH: process.env.PATH ?? '', ...inspected };
const lines = hostileLines(64 * 1024 - 100);
/** What a person says: 4,000 characters of it, and longer. */
const said = [...hostileWords('scheduler-1'), `approve scheduler-1 0123abc ${'0'.repeat(19_000)}`, `status ${'<@U1'.repeat(9_000)}`].filter(
  (text) => text.trim() !== '',
);

const delays = `globalThis.__delay ??= process.getBuiltinModule('node:perf_hooks').monitorEventLoopDelay({ resolution: 5 }); __delay.enable(); __delay.reset();`;
const longest = '__delay.max / 1e6';

/** How long a person waits for an answer, in ms. */
async function answered(way: Way, user: string, text: string, ms = 30_000): Promise<number> {
  const begun = Date.now();
  const before = way.slack.ephemerals(user).length;
  await way.slack.type(user, '#ci', text);
  await way.until(
    () => way.slack.ephemerals(user).length > before,
    ms,
    () => `an answer to ${text.slice(0, 60)}…`,
  );
  return Date.now() - begun;
}

async function attacked(t: ExecutionContext): Promise<{ way: Way; inspector: () => Promise<Inspector> }> {
  const way = await aWay(t, { env });
  await way.start();
  return { way, inspector: () => inspectorOf(way) };
}

test('whatever a person says, others are answered at once', async (t) => {
  const { way, inspector } = await attacked(t);
  await way.world.sample.commitGood();
  await way.passes('scheduler-1', 60_000);
  const loop = await inspector();
  t.teardown(() => loop.close());
  const quiet = await answered(way, guest, '/cox status');
  await loop.evaluate(delays);
  let worst = 0;
  for (const text of said) {
    for (const way_ of ['/cox ', '@coxswain ']) {
      void way.slack.type(ada, '#ci', way_ + text);
      worst = Math.max(worst, await answered(way, guest, '/cox status'));
    }
    const [ts] = way.messagesOf('scheduler-1').map((message) => message.ts);
    void way.slack.type(ada, '#ci', `@coxswain ${text}`, ts);
    worst = Math.max(worst, await answered(way, guest, '/cox status'));
  }
  const stall = Number(await loop.evaluate(longest));
  t.log(`an answer took ${quiet} ms before, at most ${worst} ms meanwhile; the longest stall was ${stall.toFixed(0)} ms`);
  t.true(worst < 3_000, `${worst} ms`);
  t.true(stall < 1_000, `${stall} ms`);
  const told = () => way.slack.ephemerals(ada).map(wordsOf).join('\n');
  await way.until(() => /at most 4000 characters; this one had 19\d{3}\. Nothing was done/.test(told()), 10_000, told);
});

/** Has the test print those lines, as they are. */
async function pushLines({ world: { sample } }: Way): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), 'coxswain-lines-'));
  await git(['clone', '--quiet', sample.path, work], { cwd: tmpdir() });
  await writeFile(join(work, 'lines.txt'), `${lines.join('\n')}\n`);
  // Makisu says each directive in one line, and what a RUN prints as JSON.
  const more = ['COPY lines.txt /app/lines.txt', `RUN true ${' '.repeat(60_000)} x #!COMMIT`, 'RUN cat lines.txt'].join('\n');
  const dockerfile = await git(['show', 'HEAD:Dockerfile'], { cwd: work });
  await writeFile(join(work, 'Dockerfile'), `${dockerfile.replace('COPY test.sh', `${more}\nCOPY test.sh`)}\n`);
  await writeFile(
    join(work, 'test.sh'),
    '#!/bin/sh\ncd "$(dirname "$0")" || exit 1\ncat lines.txt\nsleep 4\ncat lines.txt\necho "--- FAIL: TestLines (0.00s)"\necho FAIL\nexit 1\n',
  );
  const by = ['-c', 'user.name=Sam', '-c', 'user.email=sam@example.com'];
  await git(['add', '-A'], { cwd: work });
  await git([...by, 'commit', '--quiet', '-m', 'Print long lines'], { cwd: work });
  await git(['push', '--quiet', 'origin', `HEAD:${sample.branch}`], { cwd: work });
  await rm(work, { recursive: true, force: true });
}

test('whatever a log holds, people are answered at once, and again after a restart', async (t) => {
  const { way, inspector } = await attacked(t);
  const before = await inspector();
  await before.evaluate(delays);
  await pushLines(way);
  await way.until(async () => ((await way.record('scheduler-1'))?.stages[1]?.logs ?? []).some((log) => log.lines > 5), 60_000);
  const first = await answered(way, guest, '/cox status');
  const stall = Number(await before.evaluate(longest));
  before.close();
  await way.world.bot.end('SIGKILL');
  way.lines.length = 0;
  await way.start();
  const after = await inspector();
  t.teardown(() => after.close());
  await after.evaluate(delays);
  const second = await answered(way, guest, '/cox status');
  await way.showsUp('scheduler-1', /failed after/, 60_000);
  const third = await answered(way, guest, '/cox logs scheduler-1 test');
  const again = Number(await after.evaluate(longest));
  t.log(
    `${lines.length} lines of 64 KiB, twice: answers took ${first} ms, after a restart ${second} ms, the logs ${third} ms; the longest stalls were ${stall.toFixed(0)} and ${again.toFixed(0)} ms`,
  );
  for (const ms of [first, second, third]) t.true(ms < 5_000, `${ms} ms`);
  for (const ms of [stall, again]) t.true(ms < 2_000, `${ms} ms`);
  t.regex(way.shown('scheduler-1'), /\*test\* failed/);
});
