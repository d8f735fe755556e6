import type { Run } from '../../src/core/run.ts';
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

/** Kills the bot at the moment at which a run is saved in that state, and starts it again. */
export async function killAt(way: Way, id: string, reached: Reached, ms = 40_000): Promise<void> {
  const end = Date.now() + ms;
  for (;;) {
    const run = await way.record(id).catch(() => undefined);
    if (run && reached(run)) break;
    if (Date.now() > end) throw new Error(`${id} never came there; it is ${JSON.stringify(run)?.slice(0, 500)}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await way.world.bot.end('SIGKILL');
  await way.start();
}
