import { isOver, type Run } from '../../src/core/run/run.ts';
import type { Way } from '../way/way.ts';

/** Whether a run is in the state at which the bot is to be killed. */
export type Reached = (run: Run) => boolean;

const stage = (run: Run, name: string) => run.stages.find((one) => one.name === name);
const unshown: Reached = (run) => run.delivery.message?.state !== 'posted' || run.delivery.message.revision < run.revision;

/** The states of a run that passes, in their order. */
export const statesOfPassing: readonly (readonly [name: string, reached: Reached])[] = [
  ['queued', (run) => run.state === 'queued' || run.stages[0]?.state === 'waiting'],
  ['running, the image stage rendered', (run) => stage(run, 'image')?.state === 'starting'],
  ['running, the image builds', (run) => stage(run, 'image')?.state === 'started' && stage(run, 'image')?.progress?.step !== undefined],
  ['running, the image has passed', (run) => stage(run, 'image')?.state === 'passed' && stage(run, 'test')?.state === 'waiting'],
  ['running, the test stage rendered', (run) => stage(run, 'test')?.state === 'starting'],
  ['running, the test runs', (run) => stage(run, 'test')?.state === 'started'],
  ['passed and not yet shown', (run) => run.state === 'passed' && unshown(run)],
];

/** Failed, and its thread still owed. */
export const failedUnshown: Reached = (run) => run.state === 'failed' && run.delivery.thread.some((item) => item.state !== 'posted');

/** Kills the bot at the moment at which a run is saved in that state, and starts it again; false where the run ended and the moment was missed. */
export async function killAt(way: Way, id: string, reached: Reached, ms = 40_000): Promise<boolean> {
  const end = Date.now() + ms;
  for (;;) {
    const run = await way.record(id).catch(() => undefined);
    if (run && reached(run)) break;
    if (run && isOver(run) && !unshown(run)) return false;
    if (Date.now() > end) throw new Error(`${id} never came there; it is ${JSON.stringify(run)?.slice(0, 500)}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await way.world.bot.end('SIGKILL');
  await way.start();
  return true;
}

/** Begins a run and kills the bot at that moment. Some moments are a few milliseconds long: where it was missed, with the next run. */
export async function killIn(way: Way, reached: Reached, begin: () => Promise<unknown>, ms?: number): Promise<void> {
  for (let count = 1; count <= 5; count += 1) {
    await begin();
    if (await killAt(way, `scheduler-${count}`, reached, ms)) return;
  }
  throw new Error('five runs went by without that moment being seen');
}
