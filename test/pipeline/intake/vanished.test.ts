import { setTimeout as wait } from 'node:timers/promises';
import test from 'ava';
import { Absences } from '../../../src/pipeline/intake/absences.ts';
import { aWorld, sha } from '../asking.ts';

const wide = { branches: ['main', 'feature/*'] };
const features = Object.fromEntries(Array.from({ length: 42 }, (_, i) => [`feature/${i}`, sha('c')]));
const all = { main: sha('a'), ...features };
const someWorld = () => aWorld([], all, undefined, {}, wide);

test('a branch is forgotten when two answers say that it is gone, not when one does', async (t) => {
  const { poller, present, seenHeads } = someWorld();
  await poller.pollAll();
  present.heads = { main: sha('a') };
  await poller.pollAll();
  t.deepEqual(seenHeads.get('app'), all);
  await poller.pollAll();
  t.deepEqual(seenHeads.get('app'), { main: sha('a') });
});

test('two answers in the same moment count as one', async (t) => {
  const absences = new Absences(20);
  t.is(absences.stillThere('app', all, { main: sha('a') }), all);
  t.is(absences.stillThere('app', all, { main: sha('a') }), all);
  await wait(30);
  t.deepEqual(absences.stillThere('app', all, { main: sha('a') }), { main: sha('a') });
});

test('a branch that was there in between has not been missing twice', (t) => {
  const absences = new Absences(0);
  absences.stillThere('app', all, {});
  absences.stillThere('app', all, all);
  t.is(absences.stillThere('app', all, {}), all);
  t.is(absences.stillThere('other', all, {}), all);
  t.deepEqual(absences.stillThere('app', all, {}), {});
});

test('branches that come back at a commit that was seen start nothing, at a new one they do', async (t) => {
  const { poller, pollerOf, present, seenHeads, ids, logged } = someWorld();
  await poller.pollAll();
  present.heads = { main: sha('a') };
  for (let i = 0; i < 3; i += 1) await poller.pollAll();
  t.deepEqual(seenHeads.get('app'), { main: sha('a') });
  present.heads = { ...all, 'feature/7': sha('d') };
  await pollerOf(wide).pollAll();
  t.deepEqual(ids(), ['app-1 d commit']);
  t.deepEqual(seenHeads.get('app'), present.heads);
  t.true(logged.some((line) => /41 branches are back at a commit that was seen before and start no run/.test(line)));
});

test('a repository that had branches and has none is a problem as long as that lasts, and nothing is forgotten', async (t) => {
  const { pollerOf, present, seenHeads, ids } = someWorld();
  await pollerOf(wide).pollAll();
  present.heads = {};
  for (let i = 0; i < 4; i += 1) {
    const poller = pollerOf(wide);
    await poller.pollAll();
    t.regex(
      poller.status('app').lastPoll?.error ?? '',
      /^The server says that the repository has no branches at all, but it had 43 \(main, feature\/0, feature\/1, …\)\./,
    );
    t.deepEqual(seenHeads.get('app'), all);
  }
  present.heads = all;
  const mended = pollerOf(wide);
  await mended.pollAll();
  t.is(mended.status('app').lastPoll?.error, undefined);
  t.deepEqual(ids(), []);
});

test('an address that changes to an empty repository forgets nothing either', async (t) => {
  const { poller, pollerOf, present, seenHeads, ids } = someWorld();
  await poller.pollAll();
  present.heads = {};
  for (let i = 0; i < 3; i += 1) await pollerOf({ ...wide, git: 'moved' }).pollAll();
  t.deepEqual(seenHeads.get('app'), all);
  present.heads = all;
  await pollerOf({ ...wide, git: 'moved' }).pollAll();
  t.deepEqual(ids(), []);
});

test('the last matching branch may be deleted where the repository has others', async (t) => {
  const { pollerOf, present, seenHeads } = aWorld([], { 'feature/1': sha('c') });
  const poller = pollerOf({ branches: ['feature/*'] });
  await poller.pollAll();
  present.heads = {};
  present.others = { main: sha('a') };
  for (let i = 0; i < 2; i += 1) await poller.pollAll();
  t.is(poller.status('app').lastPoll?.error, undefined);
  t.deepEqual(seenHeads.get('app'), {});
});
