import test from 'ava';
import { aWay } from '../way/way.ts';
import { allSettled, holdsFor, podsEverMade } from './audit.ts';

/** Which call is stored by Slack and not yet answered when the bot is killed, and the how-manieth of its kind that is. */
const between: readonly (readonly [string, method: string, before: number])[] = [
  ['the message of a run', 'chat.postMessage', 0],
  ['the cause in its thread', 'chat.postMessage', 1],
  ['the log file in its thread', 'files.completeUploadExternal', 0],
];

for (const [name, method, before] of between) {
  test(`killed between posted and saved: ${name} is there once`, async (t) => {
    const way = await aWay(t);
    const pods = way.world.kubernetes && podsEverMade(way.world.kubernetes);
    await way.start();
    if (before === 0) await heldAndKilled();
    else {
      await way.world.sample.commitFailing('test');
      await way.until(() => way.slack.calls(method).length >= before);
      await heldAndKilled(false);
    }
    await way.start();
    const [run] = await allSettled(way, 60_000);
    if (!run || !pods) return t.fail('no run');
    t.is(run.state, 'failed');
    holdsFor(t, way, run, pods);

    async function heldAndKilled(commit = true): Promise<void> {
      const held = way.slack.faults.holdNext(method);
      if (commit) await way.world.sample.commitFailing('test');
      const release = await held;
      await way.world.bot.end('SIGKILL');
      release();
    }
  });
}

test('an answer that gets lost twice does not post twice', async (t) => {
  const way = await aWay(t);
  const pods = way.world.kubernetes && podsEverMade(way.world.kubernetes);
  await way.start();
  way.slack.faults.acceptAndCut('chat.postMessage', 1);
  way.slack.faults.acceptAndCut('chat.update', 2);
  await way.world.sample.commitGood();
  const [run] = await allSettled(way, 60_000);
  if (!run || !pods) return t.fail('no run');
  holdsFor(t, way, run, pods);
});
