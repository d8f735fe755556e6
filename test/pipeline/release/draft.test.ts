import test from 'ava';
import { UserError } from '../../../src/core/errors.ts';
import type { Run } from '../../../src/core/run/run.ts';
import type { ReleaseGithub } from '../../../src/pipeline/release/ports.ts';
import { aGithub, aRelease, passedRun } from '../releasing.ts';
import { at } from '../world.ts';

const page = 'https://github.com/acme/app/releases/tag/untagged-1';
const draft = { id: 1, url: page, draft: true };
const refuses = () => Promise.reject(new UserError('no'));

/** GitHub on which a draft is made, and that does the rest as it is told. */
function aDraft(over: Partial<ReleaseGithub> = {}) {
  const kept = { state: 'none' as 'none' | 'draft' | 'published' };
  const { github } = aGithub({
    findRelease: async () => (kept.state === 'none' ? { state: 'none' } : { state: kept.state, ours: true, release: draft }),
    async ensureDraft() {
      kept.state = 'draft';
      return draft;
    },
    async publish() {
      kept.state = 'published';
      return { id: 1, url: 'there', draft: false };
    },
    ...over,
  });
  return { github, kept };
}

async function approved(github: ReleaseGithub, ...runs: Parameters<typeof aRelease>[0]) {
  const release = aRelease(runs.length > 0 ? runs : [passedRun(1)], { github });
  const id = runs.at(-1)?.id ?? 'app-1';
  await release.step(id);
  await release.approve(id);
  return release;
}

test('a draft is known as soon as it is there, through failing and another attempt, and no longer once it is published', async (t) => {
  const { github } = aDraft({ ensureAsset: () => Promise.reject(new Error('killed')) });
  const { step, decisions, book } = await approved(github);
  await step('app-1');
  await t.throwsAsync(step('app-1'), { message: 'killed' });
  t.like(book.get('app-1'), { release: { github: { state: 'uploading', draft: page } } });
  github.ensureAsset = refuses;
  t.like(await step('app-1'), { release: { github: { state: 'failed', draft: page } } });
  await decisions.tryAgain('app-1', 'github');
  t.like(book.get('app-1'), { release: { github: { state: 'waiting', attempt: 2, draft: page } } });
  github.ensureAsset = async (_github, _id, { name }) => ({ id: 1, name });
  const run = await step('app-1', 2);
  t.like(run, { state: 'released', release: { github: { state: 'published', url: 'there' } } });
  t.is(run?.release?.github?.draft, undefined);
});

test('a bot that ends when the draft was published, before it has heard so, knows of no draft at its next start', async (t) => {
  const { github, kept } = aDraft();
  const { publish } = github;
  github.publish = () => {
    kept.state = 'published';
    return Promise.reject(new Error('killed'));
  };
  const { step, book } = await approved(github);
  await step('app-1');
  await t.throwsAsync(step('app-1'), { message: 'killed' });
  t.like(book.get('app-1'), { release: { github: { state: 'publishing', draft: page } } });
  github.publish = publish;
  const run = await step('app-1', 2);
  t.is(run?.state, 'released');
  t.is(run?.release?.github?.draft, undefined);
});

test('a failure says of a draft what GitHub says, and where it does not answer what was known', async (t) => {
  const cases = [
    ['refused before there was one', { ensureDraft: refuses }, undefined],
    ['refused beside one', { publish: refuses }, page],
    ['published after all', {}, undefined],
    ['nothing is answered any more', {}, page],
  ] as const;
  for (const [what, over, left] of cases) {
    const { github, kept } = aDraft(over);
    if (what === 'published after all') {
      github.publish = () => {
        kept.state = 'published';
        return refuses();
      };
    }
    if (what === 'nothing is answered any more') {
      github.publish = () => {
        github.findRelease = refuses;
        return refuses();
      };
    }
    const { step } = await approved(github);
    const run = await step('app-1', 2);
    t.is(run?.release?.github?.state, 'failed', what);
    t.is(run?.release?.github?.draft, left, what);
  }
});

test('a release that nobody had tried again within a day says whether its draft is still there', async (t) => {
  for (const state of ['draft', 'none'] as const) {
    const { github, kept } = aDraft({ publish: refuses });
    const { step, clock } = await approved(github);
    t.is((await step('app-1', 2))?.release?.github?.draft, page);
    kept.state = state;
    clock.now = at(1000 + 25 * 3600);
    const run = await step('app-1');
    t.is(run?.state, 'failed');
    t.is(run?.release?.github?.draft, state === 'draft' ? page : undefined);
  }
});

test('when a retry has published the draft of the run before, that run has left none', async (t) => {
  const { github, kept } = aDraft();
  kept.state = 'draft';
  const release = { version: '1.2.3', tag: 'v1.2.3', requiredVotes: 1, votes: [], github: { state: 'failed', draft: page } } as const;
  const before = passedRun(1, { state: 'failed', release });
  const other = passedRun(2, { state: 'failed', release });
  const again = passedRun(3, { retryOf: 'app-1', release: { version: '', tag: '', requiredVotes: 1, votes: [], marker: before.uid } });
  const { step, book } = await approved(github, before, other, again);
  t.is((await step('app-3', 3))?.state, 'released');
  t.is(book.get('app-1')?.release?.github?.draft, undefined);
  t.is(book.get('app-2')?.release?.github?.draft, page, 'of another one it is not known');
});

test('a release is published as the run says, with the number and name that GitHub gave each asset', async (t) => {
  const said: unknown[] = [];
  const wanted = { tag: 'v1.2.3', name: 'v1.2.3', target: '1'.repeat(40), prerelease: false, marker: passedRun(1).uid };
  const { github, kept } = aDraft({
    async ensureAsset(_github, _id, { name, id }) {
      said.push(id);
      return { id: 7, name: `${name}-1` };
    },
    async publish(_github, _id, publication) {
      said.push(publication);
      if (said.length === 2) throw new Error('killed');
      return { id: 1, url: 'there', draft: false };
    },
  });
  const { step, book } = await approved(github);
  await step('app-1');
  await t.throwsAsync(step('app-1'), { message: 'killed' });
  const assets = [{ name: 'runner-1', bytes: 3, id: 7 }];
  t.deepEqual(said, [undefined, { wanted, makeLatest: true, assets }]);
  t.deepEqual(book.get('app-1')?.release?.github?.assets, [{ name: 'runner', bytes: 3, uploaded: true, id: 7, as: 'runner-1' }]);
  kept.state = 'published';
  t.is((await step('app-1', 2))?.state, 'released');
  t.deepEqual(said[2], { wanted, makeLatest: false, assets }, 'what is published is held against what was uploaded');
});

test('what is published while the files are collected gets none of them, and is checked', async (t) => {
  const said: unknown[] = [];
  const { github, kept } = aDraft({
    async ensureDraft() {
      kept.state = 'published';
      return { id: 1, url: 'there', draft: false };
    },
    ensureAsset: async (_github, _id, { name }) => {
      said.push(name);
      return { id: 9, name };
    },
    async publish(_github, _id, { makeLatest, assets }) {
      said.push({ makeLatest, assets });
      return { id: 1, url: 'there', draft: false };
    },
  });
  const assets = [{ name: 'runner', bytes: 3, uploaded: true, id: 7 }];
  const { step, book } = await approved(github);
  await book.change('app-1', (run) => ({
    ...run,
    state: 'releasing',
    release: { ...run.release, github: { state: 'waiting', versionChecked: true, assets } } as NonNullable<Run['release']>,
  }));
  t.like(await step('app-1', 2), { state: 'released', release: { github: { state: 'published', url: 'there' } } });
  t.deepEqual(said, [{ makeLatest: false, assets: [{ name: 'runner', bytes: 3, id: 7 }] }]);
});

test('what an earlier attempt has uploaded, and may have published, is known while the files are collected', async (t) => {
  const { github, kept } = aDraft({
    ensureAsset: async (_github, _id, { name }) => ({ id: 7, name: `${name}-1` }),
    publish: () => Promise.reject(new Error('gave no answer')),
  });
  const { step, book, decisions, deps, clock } = await approved(github);
  await step('app-1');
  await t.throwsAsync(step('app-1'), { message: 'gave no answer' });
  clock.now = at(1000 + 3_700);
  await step('app-1');
  t.like(book.get('app-1'), { release: { github: { state: 'failed', maybePublished: true } } });
  await decisions.tryAgain('app-1', 'github');
  Object.assign(deps.assets, { collect: () => Promise.reject(new Error('killed')) });
  await t.throwsAsync(step('app-1', 2), { message: 'killed' });
  const assets = [{ name: 'runner', bytes: 3, uploaded: true, id: 7, as: 'runner-1' }];
  t.like(book.get('app-1'), { release: { github: { state: 'collecting', maybePublished: true, assets } } });
  t.is(kept.state, 'draft');
});
