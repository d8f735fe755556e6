import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { says } from '../way/releasing.ts';
import { ada, aWay } from '../way/way.ts';

test('killed while a pause is said: from the moment in which it is kept, no commit starts a run, until somebody says resume', async (t) => {
  const way = await aWay(t, { pace: { stepMs: 10, testSeconds: 0 } });
  await way.start();
  const kept = async () => (await readFile(join(way.world.data, 'pauses.json'), 'utf8').catch(() => '')).includes('scheduler');
  const typed = way.slack.type(ada, '#ci', '/cox pause scheduler demo day').catch(() => undefined);
  await way.until(kept);
  await way.world.bot.end('SIGKILL');
  await typed;
  await way.world.sample.commitGood();
  await way.world.sample.commitGood();
  await way.start();
  t.regex(way.lines.join('\n'), /scheduler is not polled: it has been paused by U0123ADA since/);
  t.regex(await says(way, ada, 'status'), /polling \*paused\* by <@U0123ADA> since .*: demo day/);
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  t.deepEqual(await way.records(), []);
  t.regex(await says(way, ada, 'resume scheduler'), /is being polled again/);
  await way.passes('scheduler-1');
  t.is((await way.records()).length, 1, 'of what was pushed meanwhile only the newest');
});

test('killed, and the file of the pauses is corrupt afterwards: nothing is polled, and log and status say why, until somebody says resume', async (t) => {
  const way = await aWay(t, { pace: { stepMs: 10, testSeconds: 0 } });
  await way.start();
  await way.world.bot.end('SIGKILL');
  await writeFile(join(way.world.data, 'pauses.json'), '{"pauses":[{');
  await way.world.sample.commitGood();
  await way.start();
  t.regex(way.lines.join('\n'), /pauses\.json was corrupt .*: every repository is paused until `resume` is said for it/);
  t.regex(await says(way, ada, 'status'), /polling \*paused\* by coxswain since .*: whether it was paused before is not known/);
  t.deepEqual(await way.records(), []);
  await says(way, ada, 'resume scheduler');
  await way.passes('scheduler-1');
});
