import test from 'ava';
import { aWay } from '../way/way.ts';
import { allSettled, holdsFor, podsEverMade } from './audit.ts';

const kills = 30;

/** Park and Miller's generator: the moments differ, and the same seed gives them again. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

test(`kill -9 at ${kills} random moments: one Job per stage, one message per run, every end shown`, async (t) => {
  const seed = Number(process.env.KILL_SEED) || (Date.now() % 1_000_000) + 1;
  t.log(`KILL_SEED=${seed}`);
  const random = generator(seed);
  const way = await aWay(t, { pace: { stepMs: 120, testSeconds: 0.1 }, slack: { limits: { factor: 20 } } });
  if (!way.world.kubernetes) return t.fail('no stand-in');
  const pods = podsEverMade(way.world.kubernetes);
  await way.start();
  const { sample, bot } = way.world;
  let last = '';
  for (let kill = 0; kill < kills; kill += 1) {
    if (kill % 3 === 0) {
      const kind = random();
      last = (kind < 0.6 ? await sample.commitGood() : await sample.commitFailing(kind < 0.8 ? 'test' : 'build')).sha;
    }
    await new Promise((resolve) => setTimeout(resolve, random() * 1_800));
    await bot.end('SIGKILL');
    // Some die again before they have begun.
    if (random() < 0.8) await way.start();
    else bot.start();
  }
  await bot.end('SIGKILL');
  await way.start();
  await way.until(
    async () => (await way.records()).some((run) => run.commit.sha === last),
    30_000,
    () => 'a run of the last commit',
  );
  const runs = await allSettled(way, 120_000);
  t.log(`${runs.length} runs: ${runs.map((run) => `${run.id} ${run.state}`).join(', ')}`);
  t.true(runs.length >= 3);
  for (const run of runs) holdsFor(t, way, run, pods);
  t.deepEqual(
    way.lines.filter((line) => /is stopping:|cannot start/.test(line)),
    [],
  );
});
