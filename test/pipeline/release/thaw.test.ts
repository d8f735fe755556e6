import test from 'ava';
import { aRelease, passedRun } from '../releasing.ts';

const no = { allowed: false, why: 'people.approvers names others' };

/** A run that U2 has approved and that a freeze held, which is over. */
async function thawed() {
  const made = aRelease([passedRun(1)]);
  await made.step('app-1');
  await made.approve('app-1');
  made.world.frozen = 'the fair';
  await made.step('app-1');
  made.world.frozen = '';
  return made;
}

test('after a freeze the votes of those who may not approve any more are void, and the run ends where too few are left', async (t) => {
  const { step, world } = await thawed();
  world.role = no;
  const run = await step('app-1', 2);
  t.like(run, { state: 'cancelled', release: { votes: [] } });
  t.is(run?.reason, 'U2 may no longer approve, and without those votes it is not approved: `retry app-1` leads to a new vote');
});

test('after a freeze nothing is released while Slack does not say whether those who voted may still approve', async (t) => {
  const { step, world, book } = await thawed();
  world.role = { ...no, unsure: true };
  await t.throwsAsync(step('app-1'), { message: /^Slack did not tell whether U2 may still approve/ });
  t.is(book.get('app-1')?.state, 'approved');
  world.role = { allowed: true, why: '' };
  t.is((await step('app-1'))?.state, 'releasing');
});

test('a bot that was away since the last vote asks as well', async (t) => {
  const { step, approve, world, clock } = aRelease([passedRun(1)]);
  await step('app-1');
  await approve('app-1');
  world.role = no;
  clock.now = new Date(clock.now.getTime() + 61_000);
  t.is((await step('app-1'))?.state, 'cancelled');
});
