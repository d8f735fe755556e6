import test, { type ExecutionContext } from 'ava';
import type { Run } from '../../src/core/run/run.ts';
import { allSettled, holdsFor } from '../kill/audit.ts';
import { failedUnshown, killIn, type Reached, statesOfPassing } from '../kill/kill-at.ts';
import { aLab, type Lab } from './lab.ts';
import { inTurn } from './turns.ts';

const long = 120_000;
/** Each has a bot and a git server of its own: more at once would only make all of them slow. */
const turn = inTurn(3);

/** The bot is killed when the run of a first commit is in that state; what the run has come to, and that nothing was done twice. */
async function killed(t: ExecutionContext, end: Run['state'], reached: Reached, begin: (lab: Lab) => Promise<unknown>): Promise<void> {
  const lab = await aLab(t, { name: 'kill', pace: { stepMs: 0, testSeconds: 0.3 } });
  await lab.way.start();
  await killIn(lab.way, reached, () => begin(lab), long);
  const runs = await allSettled(lab.way, long);
  for (const run of runs) {
    t.is(run.state, end);
    holdsFor(t, lab.way, run, lab.pods.made);
  }
}

for (const [name, reached] of statesOfPassing) {
  test(`killed when ${name}`, (t) => turn(() => killed(t, 'passed', reached, ({ way }) => way.world.sample.commitGood())));
}

test('killed when failed and not yet shown', (t) =>
  turn(() => killed(t, 'failed', failedUnshown, ({ way }) => way.world.sample.commitFailing('test'))));

test('killed when cancelled and not yet shown', (t) =>
  turn(() =>
    killed(
      t,
      'cancelled',
      (run) => run.state === 'cancelled',
      async ({ way }) => {
        await way.world.sample.commitGood();
        await way.showsUp('scheduler-1', /\*image\* .* step \d\/\d/, long);
        void way.press('U0123ADA', 'scheduler-1', 'cancel scheduler-1').catch(() => undefined);
      },
    ),
  ));
