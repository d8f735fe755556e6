import test, { type ExecutionContext } from 'ava';
import { UserError } from '../../../src/core/errors.ts';
import type { FileChange } from '../../../src/core/version/file-change.ts';
import { runMessage } from '../../../src/messages/run.ts';
import { aWorld, repository, sha } from '../asking.ts';

const change = (parent: string, branch = 'main'): FileChange => ({
  branch,
  parent,
  path: 'VERSION',
  text: '1',
  message: 'm',
  topic: 't',
  author: { name: 'coxswain', email: 'coxswain@localhost' },
});

/** A repository of which `main` was seen at a, with commits of the bot's own on it: of each its id and what it stands on. */
async function seenWith(...own: readonly (readonly [sha: string, parent: string])[]) {
  const world = aWorld([], { main: sha('a') }, undefined, {}, { branches: ['main', 'new'] });
  await world.poller.pollAll();
  for (const [commit, parent] of own) world.pushed.set(sha(commit), sha(parent));
  return world;
}

const starts = test.macro(
  async (
    t: ExecutionContext,
    own: readonly (readonly [string, string])[],
    head: string,
    runs: readonly string[],
    branch: string = 'main',
  ) => {
    const { poller, present, ids, seenHeads } = await seenWith(...own);
    present.heads = { main: sha('a'), [branch]: sha(head) };
    await poller.pollAll();
    await poller.pollAll();
    t.deepEqual(ids(), runs);
    t.is(seenHeads.get('app')?.[branch], sha(head));
  },
);

test("a commit of the bot's own on what was seen starts no run", starts, [['b', 'a']], 'b', []);
test(
  'several of them in a row start none',
  starts,
  [
    ['b', 'a'],
    ['c', 'b'],
    ['d', 'c'],
  ],
  'd',
  [],
);
test("a commit of a person below the bot's own has its run, with the bot's", starts, [['c', 'b']], 'c', ['app-1 c commit']);
test(
  'so it has below several of them',
  starts,
  [
    ['c', 'b'],
    ['d', 'c'],
  ],
  'd',
  ['app-1 d commit'],
);
test('a merge, a squash or a rebase of a commit of the bot is a commit of whoever made it', starts, [['b', 'a']], 'e', ['app-1 e commit']);
test(
  'a commit of the bot that is a new branch starts a run: nothing was seen of the branch',
  starts,
  [['b', 'a']],
  'b',
  ['app-1 b commit'],
  'new',
);
test("the bot's e-mail in a commit that it has not pushed is anybody's", async (t) => {
  const { poller, present, ids } = aWorld([], { main: sha('a') }, 'coxswain@localhost');
  await poller.pollAll();
  present.heads = { main: sha('b') };
  await poller.pollAll();
  t.deepEqual(ids(), ['app-1 b commit']);
});

test('a branch that is set back to a commit of the bot, past one of a person, starts a run', async (t) => {
  const { poller, present, ids } = await seenWith(['b', 'a']);
  for (const head of ['b', 'c', 'b']) {
    present.heads = { main: sha(head) };
    await poller.pollAll();
  }
  t.deepEqual(ids(), ['app-1 c commit', 'app-2 b commit']);
});

test("the run of the bot's commit says that it stands for those below", async (t) => {
  const { poller, present, book } = await seenWith(['c', 'b']);
  present.heads = { main: sha('c') };
  await poller.pollAll();
  const [run] = book.all();
  t.true(run?.coversEarlierCommits);
  if (run)
    t.regex(
      JSON.stringify(runMessage(run, { title: 'app', pull: '' } as Parameters<typeof runMessage>[1])),
      /includes earlier commits that had no run/,
    );
});

test('while a commit is pushed the branch is left to the next poll, which knows it', async (t) => {
  const { poller, present, own, ids } = await seenWith();
  const pushed = Promise.withResolvers<void>();
  const writing = own.write(repository, change(sha('a')), async () => {
    present.heads = { main: sha('b') };
    await pushed.promise;
    return { kind: 'commit', sha: sha('b'), parent: sha('a') };
  });
  await poller.pollAll();
  pushed.resolve();
  await writing;
  await poller.pollAll();
  t.deepEqual(ids(), []);
});

test('what a commit of GitHub really stands on counts, not what was read before', async (t) => {
  const { poller, present, own, ids } = await seenWith();
  await own.write(repository, change(sha('a')), async () => ({ kind: 'commit', sha: sha('c'), parent: sha('b') }));
  present.heads = { main: sha('c') };
  await poller.pollAll();
  t.deepEqual(ids(), ['app-1 c commit']);
});

test('a push that was refused, and a pull request, leave nothing to remember', async (t) => {
  const { own, pushed } = await seenWith();
  const refused = own.write(repository, change(sha('a')), async () => {
    throw new UserError('it has moved');
  });
  await t.throwsAsync(refused);
  await own.write(repository, change(sha('a')), async () => ({ kind: 'pull-request', number: 1, url: '' }));
  t.is(pushed.size, 0);
  t.false(own.isWriting('app', 'main'));
});
