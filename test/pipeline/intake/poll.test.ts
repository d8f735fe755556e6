import test from 'ava';
import { aWorld, sha } from '../asking.ts';

const old = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`feature/${i}`, sha('c')]));
const wider = { branches: ['main', 'feature/*'] };

test('wider patterns start no run of the branches that they bring into view, and say so once', async (t) => {
  const { poller, pollerOf, present, seenHeads, ids, logged } = aWorld();
  await poller.pollAll();
  logged.length = 0;
  present.heads = { main: sha('a'), ...old };
  const after = pollerOf(wider);
  await after.pollAll();
  await after.pollAll();
  t.deepEqual(ids(), []);
  t.deepEqual(seenHeads.get('app'), present.heads);
  t.is(logged.length, 1);
  t.regex(logged[0] ?? '', /^app: its patterns have changed, 50 branches .*feature\/0, .*, …; the next commit of each starts a run$/);
});

test('under wider patterns a new commit of a known branch and a new branch start runs still', async (t) => {
  const { poller, pollerOf, present, ids } = aWorld();
  await poller.pollAll();
  present.heads = { main: sha('b'), ...old };
  const after = pollerOf(wider);
  await after.pollAll();
  t.deepEqual(ids(), ['app-1 b commit']);
  present.heads = { ...present.heads, 'feature/0': sha('d'), 'feature/new': sha('e') };
  await after.pollAll();
  t.deepEqual(ids().sort(), ['app-1 b commit', 'app-2 d commit', 'app-3 e commit']);
});

test('a kill after wider patterns are saved loses no new commit and starts no flood', async (t) => {
  const { poller, pollerOf, present, seenHeads, ids } = aWorld();
  await poller.pollAll();
  present.heads = { main: sha('b'), ...old };
  await pollerOf(wider).pollAll();
  // As the stroke that saved the patterns left it: the run was not begun yet.
  seenHeads.set('app', { main: sha('a'), ...old });
  await pollerOf(wider).pollAll();
  t.deepEqual(ids(), ['app-1 b commit']);
});

test('another address starts no run of what lies there', async (t) => {
  const { poller, pollerOf, present, ids, logged } = aWorld();
  await poller.pollAll();
  present.heads = { main: sha('f') };
  const after = pollerOf({ git: 'fork' });
  await after.pollAll();
  t.deepEqual(ids(), []);
  t.regex(logged.at(-1) ?? '', /its address has changed, 1 branch is seen/);
  present.heads = { main: sha('b') };
  await after.pollAll();
  t.deepEqual(ids(), ['app-1 b commit']);
});

test('a branch that narrower patterns have hidden is no news when it is in view again', async (t) => {
  const { pollerOf, present, ids } = aWorld([], { main: sha('a'), ...old });
  await pollerOf(wider).pollAll();
  present.heads = { main: sha('a') };
  await pollerOf({}).pollAll();
  present.heads = { main: sha('a'), ...old };
  await pollerOf(wider).pollAll();
  t.deepEqual(ids(), []);
});

test('state of an older version, which lacks what was watched, counts as unchanged', async (t) => {
  const { pollerOf, present, seenHeads, watched, ids } = aWorld();
  seenHeads.set('app', { main: sha('a') });
  present.heads = { main: sha('a'), 'feature/x': sha('c') };
  await pollerOf(wider).pollAll();
  t.deepEqual(ids(), ['app-1 c commit']);
  t.deepEqual(watched.get('app')?.branches, wider.branches);
});
