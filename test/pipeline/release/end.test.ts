import test from 'ava';
import type { Config } from '../../../src/core/config.ts';
import { UserError } from '../../../src/core/errors.ts';
import { canCancel } from '../../../src/core/run/allowed.ts';
import type { Run } from '../../../src/core/run/run.ts';
import { runMessage } from '../../../src/messages/run.ts';
import { Requests } from '../../../src/pipeline/intake/requests.ts';
import { lookAfterCancel } from '../../../src/pipeline/release/after-cancel.ts';
import { notesFrom } from '../../../src/pipeline/release/notes.ts';
import type { ReleaseGithub } from '../../../src/pipeline/release/ports.ts';
import type { ReleaseDeps } from '../../../src/pipeline/release/reconcile-release.ts';
import { readable } from '../../messages/block-limits.ts';
import { view } from '../../messages/runs.ts';
import { aGithub, aRelease, aRepository, passedRun, stock, theRegistry } from '../releasing.ts';
import { aBook, at } from '../world.ts';

const release = {
  version: '1.2.3',
  tag: 'v1.2.3',
  openedAt: at(1).toISOString(),
  requiredVotes: 1,
  votes: [],
  approvedAt: at(2).toISOString(),
};
const image = { name: 'stock', kind: 'image', attempt: 1 } as const;
const releasing = (stage: 'waiting' | 'starting' | 'started' | 'passed' | 'failed', github: NonNullable<Run['release']>['github']) =>
  passedRun(1, { state: 'releasing', release: { ...release, ...(github && { github }), images: [{ ...image, state: stage }] } });

const askingFor = (run: Run) => {
  const { book } = aBook([run]);
  const requests = new Requests({ book, config: { repositories: [aRepository()] } as unknown as Config } as never);
  return { book, cancel: () => requests.cancel('app-1', 'U1') };
};

test('a release is cancelled while nothing of it is published', async (t) => {
  for (const stage of ['waiting', 'starting', 'started', 'failed'] as const) {
    for (const state of ['waiting', 'collecting', 'drafting', 'uploading', 'failed'] as const) {
      const { book, cancel } = askingFor(releasing(stage, { state }));
      await cancel();
      t.like(book.get('app-1'), { state: 'cancelled', cancelledBy: 'U1' });
    }
  }
});

const refused = test.macro(async (t, run: Run, why: RegExp) => {
  const { book, cancel } = askingFor(run);
  await t.throwsAsync(cancel(), { instanceOf: UserError, message: why });
  t.false(canCancel(run));
  t.is(book.get('app-1')?.state, 'releasing');
});
test(
  'an image is out',
  refused,
  releasing('passed', { state: 'waiting' }),
  /^app-1 can no longer be cancelled: .* its image `stock` has been pushed/,
);
test('GitHub is about to publish', refused, releasing('waiting', { state: 'publishing' }), /is being published right now/);
test('GitHub has published', refused, releasing('waiting', { state: 'published' }), /its GitHub release is published/);
test(
  'nobody knows whether GitHub has',
  refused,
  releasing('failed', { state: 'failed', maybePublished: true }),
  /may already be published; `retry app-1 github`/,
);

test(
  'nobody knows yet whether GitHub has',
  refused,
  releasing('failed', { state: 'waiting', attempt: 2, maybePublished: true }),
  /may already be published; this is being checked/,
);

const publishing = test.macro(async (t, error: Error, maybePublished: true | undefined) => {
  const draft = { id: 1, url: 'https://github.com/acme/app/releases/draft', draft: true };
  let isDraft = false;
  const { github } = aGithub({
    findRelease: async () => (isDraft ? { state: 'draft', ours: true, release: draft } : { state: 'none' }),
    publish: async () => {
      isDraft = true;
      throw error;
    },
  });
  const run = passedRun(1, { state: 'releasing', release: { ...release, github: { state: 'waiting' } } });
  const { step, book, clock, decisions } = aRelease([run], { github });
  await step('app-1').catch(() => undefined);
  clock.now = at(1000 + 3_600);
  await step('app-1');
  t.like(book.get('app-1')?.release?.github, { state: 'failed', maybePublished, draft: draft.url });
  t.is(canCancel(book.get('app-1') as Run), !maybePublished);
  await decisions.tryAgain('app-1', 'github');
  t.is(canCancel(book.get('app-1') as Run), !maybePublished);
});
test('what GitHub refuses to publish, and shows as a draft, can be cancelled', publishing, new UserError('a rule forbids it'), undefined);
test(
  'what GitHub may have published cannot, also while it is tried again',
  publishing,
  Object.assign(new Error('answers 500'), { retry: true }),
  true,
);

test('what GitHub shows as published, with its tag elsewhere, cannot be cancelled', async (t) => {
  const published = { id: 1, url: 'https://github.com/acme/app/releases/v1.2.3', draft: false };
  const { github } = aGithub({
    findRelease: async () => ({ state: 'published', ours: true, release: published }),
    publish: async () => Promise.reject(new UserError('its tag is elsewhere')),
  });
  const run = passedRun(1, { state: 'releasing', release: { ...release, github: { state: 'waiting' } } });
  const { step, book } = aRelease([run], { github });
  await step('app-1');
  t.like(book.get('app-1')?.release?.github, { state: 'failed', maybePublished: true });
});

test('an error before the images were built does not count against the GitHub release after them', async (t) => {
  let errors = 1;
  const { github } = aGithub({
    tagSha: async () => {
      errors -= 1;
      if (errors >= 0) throw new Error('answers 500');
      return undefined;
    },
  });
  const run = releasing('waiting', { state: 'waiting' });
  const { step, book, clock } = aRelease([run], { github, repository: aRepository({ images: [stock] }) });
  t.regex((await step('app-1'))?.release?.doubt ?? '', /answers 500/);
  await step('app-1');
  t.like(book.get('app-1')?.release, { doubt: undefined, github: { state: 'waiting', versionChecked: true, failingSince: undefined } });
  await book.change('app-1', (now) => ({
    ...now,
    release: { ...release, ...now.release, images: [{ ...image, state: 'passed' }] },
  }));
  clock.now = at(1000 + 7_200);
  errors = 1;
  await t.throwsAsync(step('app-1'), { message: 'answers 500' });
  await step('app-1', 2);
  t.is(book.get('app-1')?.state, 'released');
});

test('what is cancelled while its draft is written publishes nothing', async (t) => {
  const calls: string[] = [];
  const { github } = aGithub({
    ensureDraft: async () => {
      await book.move('app-1', 'cancelled');
      return { id: 1, url: 'https://github.com/acme/app/releases/draft', draft: true };
    },
    publish: async () => {
      calls.push('publish');
      return { id: 1, url: 'x', draft: false };
    },
  } satisfies Partial<ReleaseGithub>);
  const { step, book } = aRelease([passedRun(1, { state: 'releasing', release: { ...release, github: { state: 'waiting' } } })], {
    github,
  });
  await step('app-1', 2);
  t.is(book.get('app-1')?.state, 'cancelled');
  t.deepEqual(calls, []);
});

test('after a cancellation a push that came before it, and the draft, are looked for and named', async (t) => {
  const draft = { id: 1, url: 'https://github.com/acme/app/releases/draft', draft: true };
  const { github } = aGithub({ findRelease: async () => ({ state: 'draft', ours: true, release: draft }) });
  const { registry, holds } = theRegistry();
  const run = passedRun(1, {
    state: 'cancelled',
    cancelledBy: 'U1',
    endedAt: at(1000).toISOString(),
    release: { ...release, github: { state: 'waiting' }, images: [{ ...image, state: 'cancelled' }] },
  });
  const { book } = aBook([run]);
  const repository = aRepository({ images: [stock] });
  let now = at(1001);
  const deps = { book, github, registry, now: () => now } as unknown as ReleaseDeps;
  const look = () => lookAfterCancel(deps, book.get('app-1') as Run, repository);
  t.is(await look(), 59_000);
  now = at(1060);
  holds.push('acme/stock:1.2.3');
  t.is(await look(), undefined);
  t.deepEqual(book.get('app-1')?.release?.leftovers, { images: ['acme/stock:1.2.3'] });
  const shown = readable(runMessage(book.get('app-1') as Run, view));
  t.regex(shown, /⚠ `acme\/stock:1\.2\.3` was pushed before its Job was stopped/);
  t.regex(shown, /draft of v1\.2\.3> is still on GitHub/);
  t.is(await look(), undefined);
});

test('after a cancellation, a release that has been published all the same is named', async (t) => {
  const published = { id: 1, url: 'https://github.com/acme/app/releases/v1.2.3', draft: false };
  const { github } = aGithub({ findRelease: async () => ({ state: 'published', ours: true, release: published }) });
  const cancelled = { state: 'cancelled', cancelledBy: 'U1', endedAt: at(1000).toISOString() } as const;
  const { book } = aBook([passedRun(1, { ...cancelled, release: { ...release, github: { state: 'drafting', draft: 'draft' } } })]);
  const deps = { book, github, registry: theRegistry().registry, now: () => at(1060) } as unknown as ReleaseDeps;
  t.is(await lookAfterCancel(deps, book.get('app-1') as Run, aRepository()), undefined);
  t.is(book.get('app-1')?.release?.github?.draft, undefined);
  const shown = readable(runMessage(book.get('app-1') as Run, view));
  t.regex(shown, /⚠ Its GitHub release has been published all the same: \S+\/acme\/app\/releases\/v1\.2\.3 \. Delete it and its tag/);
});

test('a draft is looked for until GitHub answers, for an hour, by whatever clock', async (t) => {
  const { github } = aGithub({ findRelease: async () => Promise.reject(new Error('answers 500')) });
  const cancelled = { state: 'cancelled', cancelledBy: 'U1', endedAt: at(1000).toISOString() } as const;
  const { book } = aBook([passedRun(1, { ...cancelled, release: { ...release, github: { state: 'drafting' } } })]);
  let now = at(1060);
  const deps = { book, github, registry: theRegistry().registry, now: () => now } as unknown as ReleaseDeps;
  const look = () => lookAfterCancel(deps, book.get('app-1') as Run, aRepository());
  await t.throwsAsync(look(), { message: 'answers 500' });
  t.is(book.get('app-1')?.release?.leftovers, undefined);
  now = at(-10_000);
  t.is(await look(), undefined);
  t.deepEqual(book.get('app-1')?.release?.leftovers, { images: [] });
  t.regex(book.get('app-1')?.refusals?.draft ?? '', /^It is not known whether a draft is on GitHub: answers 500$/);
});

test('notes that GitHub cannot make for good are a plain list, and the release goes on', async (t) => {
  const history = {
    tags: async () => ['v1.2.2'],
    compare: async () => Promise.reject(new UserError('404')),
    generateNotes: async () => Promise.reject(new UserError('GitHub refuses notes (422)')),
  };
  const repository = aRepository();
  const run = passedRun(1, {
    state: 'releasing',
    release: { ...release, github: { state: 'waiting' } },
    commit: { sha: 'a'.repeat(40), subject: 'Mend <it>' },
  });
  const bodies: string[] = [];
  const { github } = aGithub({
    ensureDraft: async (_github, { body }) => {
      bodies.push(body);
      return { id: 1, url: 'draft', draft: true };
    },
  });
  const { step, book, deps } = aRelease([run], { github, repository });
  Object.assign(deps, { notes: notesFrom(history, { isOwn: () => false }) });
  await step('app-1', 3);
  t.is(book.get('app-1')?.state, 'released');
  t.regex(bodies[0] ?? '', /Mend \\<it\\> \(aaaaaaa\)\n\nThe full list of changes could not be generated\.$/);
  t.regex(book.get('app-1')?.refusals?.notes ?? '', /release notes could not be generated, so a plain list is used instead: .*404/);
});

test('a GitHub that answers 500 for an hour ends the part, which can be tried again', async (t) => {
  const trouble = Object.assign(new Error('answers 500'), { retry: true });
  const { github } = aGithub({ ensureDraft: async () => Promise.reject(trouble) });
  const run = passedRun(1, { state: 'releasing', release: { ...release, github: { state: 'waiting' } } });
  const { step, book, clock, decisions } = aRelease([run], { github });
  await t.throwsAsync(step('app-1'), { message: 'answers 500' });
  clock.now = at(1000 + 3_599);
  await t.throwsAsync(step('app-1'));
  clock.now = at(1000 + 3_600);
  await step('app-1');
  t.like(book.get('app-1')?.release?.github, { state: 'failed', cause: { title: 'GitHub release: answers 500' } });
  t.is(book.get('app-1')?.release?.github?.failingSince, undefined);
  await decisions.tryAgain('app-1', 'github');
  t.like(book.get('app-1')?.release?.github, { state: 'waiting', attempt: 2 });
});

test('a release that has begun waits for a registry that does not answer, for hours, and can be cancelled', async (t) => {
  const { registry, unknown } = theRegistry();
  unknown.push(new Error('no answer'));
  const run = releasing('waiting', { state: 'waiting' });
  const { step, book, clock, world } = aRelease([run], { registry, repository: aRepository({ images: [stock] }) });
  await step('app-1');
  clock.now = at(1000 + 20 * 3_600);
  await step('app-1');
  t.like(book.get('app-1'), { state: 'releasing', release: { github: { state: 'waiting', versionChecked: undefined } } });
  t.regex(
    book.get('app-1')?.release?.doubt ?? '',
    /^It is not known whether `acme\/stock:1\.2\.3` is already in the registry: no answer\.$/,
  );
  t.deepEqual(world.created, []);
  t.true(canCancel(book.get('app-1') as Run));
  unknown.length = 0;
  await step('app-1', 3);
  t.true(world.created.includes('Job stock'));
});

test('what is published stays so where its collector cannot be deleted', async (t) => {
  const run = passedRun(1, { state: 'releasing', release: { ...release, github: { state: 'waiting' } } });
  const { step, book, deps } = aRelease([run], { github: aGithub().github });
  Object.assign(deps.assets, { discard: async () => Promise.reject(new UserError('forbidden')) });
  await step('app-1', 3);
  t.is(book.get('app-1')?.state, 'released');
});
