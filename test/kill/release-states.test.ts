import { githubName } from '@coxswain/sandbox';
import test from 'ava';
import type { Run } from '../../src/core/run/run.ts';
import { lin, says } from '../way/releasing.ts';
import { ada } from '../way/way.ts';
import { isSettled } from './audit.ts';
import type { Reached } from './kill-at.ts';
import { aHarbour, approve, asks, build, type Harbour, isReleasedOnce } from './release-points.ts';

const images = [{ ...build, name: 'release-stock', repository: 'sample/stock' }];
const stock = (run: Run) => run.release?.images?.find(({ name }) => name === 'release-stock')?.state;
const github = (run: Run) => run.release?.github?.state;

/** The states of a release in their order. */
const states: readonly (readonly [name: string, reached: Reached])[] = [
  ['passed, the vote not yet open', (run) => run.state === 'passed' && !run.release?.openedAt],
  ['passed, its request still owed', (run) => run.release?.openedAt !== undefined && run.delivery.thread[0]?.state !== 'posted'],
  ['passed, the vote open', (run) => run.state === 'passed'],
  ['releasing, the image waits or is rendered', (run) => stock(run) === 'waiting' || stock(run) === 'starting'],
  ['the image builds', (run) => stock(run) === 'started'],
  ['the image is pushed, the assets are collected', (run) => github(run) === 'collecting'],
  ['the release is drafted', (run) => github(run) === 'drafting'],
  ['the assets are uploaded', (run) => github(run) === 'uploading'],
  ['the release is published', (run) => github(run) === 'publishing'],
  ['released and not yet shown', (run) => run.state === 'released' && !isSettled(run)],
];

/** Approves a run of the harbour, and kills the bot whenever one of the runs comes to a state that was not seen yet, until it is over. */
async function killedUntilOver(harbour: Harbour, id: string, seen: Set<string>): Promise<void> {
  const { way } = harbour;
  const end = Date.now() + 60_000;
  let nextVote = 0;
  for (;;) {
    const runs = await way.records().catch((): Run[] => []);
    const name = runs.flatMap((run) => states.find(([, reached]) => reached(run))?.[0] ?? []).find((one) => !seen.has(one));
    if (name) {
      seen.add(name);
      await way.world.bot.end('SIGKILL');
      await way.start();
    }
    const run = runs.find((one) => one.id === id);
    if (run && isSettled(run)) return;
    // A kill may have swallowed the one before.
    if (run?.state === 'passed' && seen.has('passed, the vote open') && Date.now() > nextVote) {
      approve(harbour, id);
      nextVote = Date.now() + 3_000;
    }
    if (Date.now() > end) throw new Error(`${id} does not come to an end; it shows:\n${way.shown(id)}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

test('killed in each state of a release: one Job for its image, one release, one message', async (t) => {
  const harbour = await aHarbour(t, 5, images);
  const seen = new Set<string>();
  for (const id of harbour.runs) {
    // Some states are a few milliseconds long: what one run did not show the next one does.
    if (seen.size === states.length) break;
    await killedUntilOver(harbour, id, seen);
    await isReleasedOnce(t, harbour, id, [...seen].join(', '));
  }
  t.log([...seen].join('\n'));
  t.is(seen.size, states.length);
});

test('killed in the moment in which the Job of a release image is there and not yet saved as started: it stays the only one', async (t) => {
  const harbour = await aHarbour(t, 1, images);
  await asks(harbour);
  const { world } = harbour.way;
  const [id = ''] = harbour.runs;
  const { promise: made, resolve } = Promise.withResolvers<void>();
  world.kubernetes?.onChange(() => {
    const jobs = world.kubernetes?.snapshot().namespaces.flatMap((namespace) => namespace.jobs) ?? [];
    if (jobs.some(({ name }) => name === 'release-stock')) resolve();
  });
  const killed = made.then(() => world.bot.end('SIGKILL'));
  approve(harbour, id);
  await killed;
  t.is((await harbour.way.record(id))?.release?.images?.find(({ name }) => name === 'release-stock')?.state, 'starting');
  await harbour.way.start();
  await isReleasedOnce(t, harbour, id, 'the Job was made');
});

test('killed when approved and frozen: it stays so, and goes out when the freeze ends', async (t) => {
  const harbour = await aHarbour(t, 1);
  await asks(harbour);
  const { way } = harbour;
  const [id = ''] = harbour.runs;
  await says(way, ada, 'freeze demo day');
  await says(way, lin, `approve ${id}`);
  await way.showsUp(id, /demo day/);
  await way.world.bot.end('SIGKILL');
  await way.start();
  t.is((await way.record(id))?.state, 'approved');
  t.deepEqual(way.world.github?.releases(githubName), []);
  await says(way, ada, 'unfreeze');
  await isReleasedOnce(t, harbour, id, 'frozen');
});
