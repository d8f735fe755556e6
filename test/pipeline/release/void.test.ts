import test from 'ava';
import type { RunVersion } from '../../../src/core/run/run.ts';
import { requestMessage } from '../../../src/messages/request.ts';
import { runMessage } from '../../../src/messages/run.ts';
import { readable } from '../../messages/block-limits.ts';
import { releaseView } from '../../messages/releases.ts';
import { aGithub, aRelease, aRepository, passedRun, stock, theRegistry } from '../releasing.ts';
import { aRun, at } from '../world.ts';

const moved = 'The tag v1.2.3 is at another commit (fffffff, not 1111111).';

/** A vote of two, one of which is there, and a tag that can be moved. */
async function aVote(over: Partial<Parameters<typeof aRelease>[1]> = {}) {
  const tag: { sha?: string } = {};
  const looks: string[] = [];
  const tagSha = async () => {
    looks.push('look');
    return tag.sha;
  };
  const approvals = { votes: 2, of: ['U2', 'U3'], expires: 100_000_000, self: false };
  const { github } = aGithub({ tagSha });
  const release = aRelease([passedRun(1)], { github, repository: aRepository({ approvals }), ...over });
  await release.step('app-1');
  await release.approve('app-1');
  return { ...release, tag, looks };
}

test('a tag that is moved while the vote is open voids the votes, and nobody can approve', async (t) => {
  const { step, approve, clock, tag, book } = await aVote();
  tag.sha = 'f'.repeat(40);
  clock.now = at(1060);
  const run = await step('app-1');
  t.like(run, { state: 'passed', release: { votes: [], tag: 'v1.2.3' } });
  t.true(run?.release?.problem?.startsWith(moved));
  const card = readable(runMessage(run ?? aRun(0), releaseView));
  t.regex(card, /passed but cannot be released[\s\S]*cannot be released: The tag v1\.2\.3 is at another commit/);
  t.notRegex(card, /→ approve/);
  await t.throwsAsync(approve('app-1', 'U3'), { message: /^app-1 cannot be released: The tag v1\.2\.3 is at another commit/ });
  t.is(book.get('app-1')?.state, 'passed');
});

test('an open vote is looked at once a minute, however often it is stepped', async (t) => {
  const { step, clock, looks, book } = await aVote();
  const before = looks.length;
  for (let second = 1001; second < 1060; second += 1) {
    clock.now = at(second);
    await step('app-1');
  }
  t.is(looks.length, before);
  for (const second of [1060, 1061, 1119, 1120]) {
    clock.now = at(second);
    await step('app-1');
  }
  t.is(looks.length, before + 2);
  t.is(book.get('app-1')?.release?.votes.length, 1);
});

test('a vote that was void opens again where its version is free again, with all its time and without the votes before', async (t) => {
  const { step, approve, clock, tag, decisions } = await aVote();
  await decisions.editNotes({ id: 'app-1', by: 'U2', at: at(1001) }, 'by hand');
  tag.sha = 'f'.repeat(40);
  clock.now = at(1060);
  const run = await step('app-1');
  t.regex(readable(requestMessage(run ?? aRun(0), releaseView)), /was requested here but is no longer needed: app-1 cannot be released/);
  delete tag.sha;
  clock.now = at(1120);
  const again = await step('app-1');
  t.like(again?.release, { problem: undefined, votes: [], openedAt: at(1120).toISOString(), expiresAt: at(101_120).toISOString() });
  t.is(again?.release?.notes, 'by hand');
  t.deepEqual(
    again?.delivery.thread.map(({ key }) => key),
    ['request'],
    'asked for once',
  );
  await approve('app-1', 'U2');
  t.true((await approve('app-1', 'U3')).complete);
});

test('what is moved after the last vote ends the release before it begins, also after a freeze', async (t) => {
  const { step, approve, tag, world } = await aVote();
  await approve('app-1', 'U3');
  world.frozen = 'the fair';
  await step('app-1');
  tag.sha = 'f'.repeat(40);
  world.frozen = '';
  const run = await step('app-1');
  t.like(run, { state: 'failed', release: { github: { state: 'waiting' } } });
  t.true(run?.reason?.startsWith(moved));
});

test('an image that somebody pushes, and a run that releases the version, void an open vote too', async (t) => {
  const { registry, holds } = theRegistry();
  const { step, clock } = await aVote({
    registry,
    repository: aRepository({ images: [stock], approvals: { votes: 2, of: [], expires: 1e8, self: false } }),
  });
  holds.push('acme/stock:1.2.3');
  clock.now = at(1060);
  t.regex((await step('app-1'))?.release?.problem ?? '', /^`acme\/stock:1\.2\.3` is already in the registry/);

  const both = aRelease([passedRun(1), passedRun(2, { branch: 'hotfix' })]);
  await both.step('app-1');
  await both.step('app-2');
  await both.approve('app-2');
  await both.step('app-2');
  both.clock.now = at(1060);
  t.regex((await both.step('app-1'))?.release?.problem ?? '', /^v1\.2\.3 is already being released, by app-2\./);
});

test('what GitHub does not say voids nothing, is logged once, and stands in the message', async (t) => {
  const { step, clock, world, book } = await aVote({
    github: aGithub({ findRelease: async () => Promise.reject(new Error('502')) }).github,
  });
  const before = world.said.length;
  for (const second of [1060, 1120, 1180]) {
    clock.now = at(second);
    await step('app-1');
  }
  t.like(book.get('app-1')?.release, { problem: undefined, votes: [{ by: 'U2' }] });
  t.is(world.said.length, before);
  t.regex(
    readable(runMessage(book.get('app-1') ?? aRun(0), releaseView)),
    /⚠ It is not known whether v1\.2\.3 has already been released on GitHub: 502\./,
  );
});

test('a version that was taken when the run passed opens its vote when it has become free', async (t) => {
  const tag: { sha?: string } = { sha: 'f'.repeat(40) };
  const { github } = aGithub({ tagSha: async () => tag.sha });
  const { step, approve, clock, book } = aRelease([passedRun(1)], { github });
  await step('app-1');
  t.true(book.get('app-1')?.release?.problem?.startsWith(moved));
  delete tag.sha;
  clock.now = at(1059);
  t.truthy((await step('app-1'))?.release?.problem);
  clock.now = at(1060);
  t.like(await step('app-1'), {
    release: { problem: undefined, tag: 'v1.2.3', openedAt: at(1060).toISOString(), notes: 'the notes', previous: 'v1.2.2' },
    delivery: { thread: [{ key: 'request' }] },
  });
  t.true((await approve('app-1')).complete);
});

test('a version that could not be read is read again, and its vote opens', async (t) => {
  const run = { ...passedRun(1, { versionProblem: 'git does not answer' }), version: '' };
  const approvals = { votes: 1, of: [], expires: 1e6, self: false };
  const { step, clock, world, book } = aRelease([run], { repository: aRepository({ approvals }) });
  t.is((await step('app-1'))?.release?.problem, 'git does not answer');
  const says = async (second: number, read: RunVersion) => {
    world.read = read;
    clock.now = at(second);
    await step('app-1');
    return book.get('app-1');
  };
  t.like(await says(1060, { versionProblem: 'README.md has none' }), {
    versionProblem: 'README.md has none',
    release: { problem: 'README.md has none' },
  });
  const open = await says(1120, { version: '1.2.3' });
  t.like(open, { version: '1.2.3', versionProblem: undefined, release: { tag: 'v1.2.3', problem: undefined } });
  t.is(open?.delivery.thread.length, 1);
});
