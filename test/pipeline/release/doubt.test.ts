import test from 'ava';
import type { ReleaseImage, Repository } from '../../../src/core/config.ts';
import { AccessRefused, UserError } from '../../../src/core/errors.ts';
import { canCancel } from '../../../src/core/run/allowed.ts';
import { attemptedImages, heldBecause } from '../../../src/core/run/release-parts.ts';
import { moved, type Run } from '../../../src/core/run/run.ts';
import { replaceStage, withStage } from '../../../src/core/run/stages.ts';
import { runMessage } from '../../../src/messages/run.ts';
import { statusMessage } from '../../../src/messages/status.ts';
import { lookAfterCancel } from '../../../src/pipeline/release/after-cancel.ts';
import { repositoryStatus } from '../../../src/pipeline/status/repository-status.ts';
import { readable } from '../../messages/block-limits.ts';
import { releaseView } from '../../messages/releases.ts';
import { aGithub, aRelease, aRepository, config, passedRun, stock, theRegistry } from '../releasing.ts';
import { aRun, at } from '../world.ts';

const azure: ReleaseImage = { ...stock, name: 'azure', repository: 'acme/azure', registry: 'quay' };
const down = Object.assign(new Error('quay.io answers 502'), { retry: true });
const redirect = new UserError('The registry quay.io redirected to https://sso.example.com.');
const login = new AccessRefused('The registry quay.io requires a login: set REGISTRY_QUAY_USERNAME.');

/** A repository that releases images and knows no GitHub. */
function imagesOnly(...images: ReleaseImage[]): Repository {
  const { github: _place, release, ...repository } = aRepository({ images });
  if (!release) return repository;
  const { github: _cut, ...rest } = release;
  return { ...repository, release: rest };
}

const shown = (run: Run | undefined) => readable(runMessage(run ?? aRun(0), releaseView));

for (const [what, error] of Object.entries({ 'that passes': down, 'that only a person ends': redirect, 'of a login': login })) {
  test(`a doubt ${what} opens the vote, holds the approved release with its sentence, and ends by itself`, async (t) => {
    const { registry, unknown } = theRegistry();
    unknown.push(error);
    const { step, approve, world, book } = aRelease([passedRun(1)], { registry, repository: imagesOnly(azure) });
    const offered = await step('app-1');
    const sentence = 'It is not known whether `acme/azure:1.2.3` is already in the registry quay: ';
    t.like(offered, { release: { problem: undefined, tag: 'v1.2.3' } });
    t.true(offered?.release?.doubt?.startsWith(`${sentence}${error.message.replace(/\.$/, '')}.`), offered?.release?.doubt);
    t.regex(shown(offered), /⚠ It is not known whether/);
    await approve('app-1');
    const held = await step('app-1', 20);
    t.is(held?.state, 'approved');
    t.regex(shown(held), /is approved as v1\.2\.3, on hold[\s\S]*on hold: It is not known whether[\s\S]*mend this, or wait/);
    t.deepEqual(world.created, []);
    t.true(canCancel(held as Run));
    t.is(world.said.filter((line) => line.includes('on hold')).length, 0, 'it was said when the vote opened, and has not changed');
    unknown.length = 0;
    t.is((await step('app-1', 4))?.state, 'releasing');
    t.is(book.get('app-1')?.release?.doubt, undefined);
    t.true(world.created.includes('Job azure'));
  });
}

test('what holds a release stands in the status of its repository', async (t) => {
  const { registry, unknown } = theRegistry();
  const repository = imagesOnly(azure);
  const { step, approve, book } = aRelease([passedRun(1)], { registry, repository });
  await step('app-1');
  await approve('app-1');
  unknown.push(down);
  await step('app-1');
  const status = repositoryStatus(
    [repository],
    book,
    () => undefined,
    () => ({}),
  );
  const text = readable(statusMessage(status));
  t.regex(text, /\*app-1\* is approved as v1\.2\.3, on hold/);
  t.regex(text, /↳ It is not known whether `acme\/azure:1\.2\.3` is already in the registry quay: quay\.io answers 502\./);
  t.notRegex(text, /last:/);
});

test('what is held stays so over a crash, and goes on after the next start', async (t) => {
  const { registry, unknown } = theRegistry();
  const before = aRelease([passedRun(1)], { registry, repository: imagesOnly(azure) });
  await before.step('app-1');
  await before.approve('app-1');
  unknown.push(down);
  await before.step('app-1');
  const after = aRelease([...before.saved.values()], { registry, repository: imagesOnly(azure) });
  t.regex((await after.step('app-1'))?.release?.doubt ?? '', /answers 502/);
  t.deepEqual(after.world.created, []);
  unknown.length = 0;
  await after.step('app-1', 4);
  t.true(after.world.created.includes('Job azure'));
});

test('a registry that asks to wait is not asked before, and its countdown is not a change each time', async (t) => {
  const { registry, unknown, asked } = theRegistry();
  const { step, approve, book } = aRelease([passedRun(1)], { registry, repository: imagesOnly(azure) });
  await step('app-1');
  await approve('app-1');
  const wait = (seconds: number) =>
    Object.assign(new Error(`wait ${seconds} s`), { retry: true, retryAt: new Date(Date.now() + seconds * 1_000) });
  unknown.push(wait(30));
  const before = asked.length;
  await step('app-1', 10);
  t.is(asked.length, before + 1);
  const { revision } = book.get('app-1') ?? {};
  unknown[0] = wait(29);
  const again = aRelease([book.get('app-1') as Run], { registry, repository: imagesOnly(azure) });
  await again.step('app-1');
  t.is(again.book.get('app-1')?.revision, revision);
});

test('a doubt during the vote voids no vote, and a version that was taken is not offered again because of one', async (t) => {
  const { registry, unknown, holds } = theRegistry();
  const approvals = { votes: 2, of: ['U2', 'U3'], expires: 100_000_000, self: false };
  const repository = imagesOnly(azure);
  const two = { ...repository, ...(repository.release && { release: { ...repository.release, approvals } }) };
  const { step, approve, clock } = aRelease([passedRun(1)], { registry, repository: two });
  await step('app-1');
  await approve('app-1');
  unknown.push(down);
  clock.now = at(1060);
  t.like((await step('app-1'))?.release, { problem: undefined, votes: [{ by: 'U2' }] });
  unknown.length = 0;
  holds.push('quay/acme/azure:1.2.3');
  clock.now = at(1120);
  const taken = await step('app-1');
  t.like(taken?.release, { doubt: undefined, votes: [] });
  const { problem } = taken?.release ?? {};
  t.truthy(problem);
  unknown.push(down);
  clock.now = at(1180);
  t.is((await step('app-1'))?.release?.problem, problem);
  unknown.length = 0;
  holds.length = 0;
  clock.now = at(1240);
  t.is((await step('app-1'))?.release?.problem, undefined);
});

test('a vote in doubt ends no older one before it is known that its version is free', async (t) => {
  const { registry, unknown } = theRegistry();
  const repository = imagesOnly(azure);
  const { step, book, clock } = aRelease([passedRun(1), passedRun(2, { version: '1.2.4' })], { registry, repository });
  await step('app-1');
  unknown.push(down);
  await step('app-2');
  t.is(book.get('app-1')?.state, 'passed');
  unknown.length = 0;
  clock.now = at(1060);
  await step('app-2');
  t.like(book.get('app-1'), { state: 'superseded', supersededBy: 'app-2' });
});

test('what GitHub does not tell holds a release, with images or without', async (t) => {
  for (const repository of [aRepository(), aRepository({ images: [stock] })]) {
    const answers = { whole: false };
    const { github, calls } = aGithub({
      findRelease: async () => {
        if (!answers.whole) throw Object.assign(new Error('api.github.com sent half an answer'), { retry: true });
        return { state: 'none' };
      },
    });
    const { step, approve, world, book } = aRelease([passedRun(1)], { github, repository });
    await step('app-1');
    await approve('app-1');
    t.is((await step('app-1', 5))?.state, 'approved');
    t.is(
      book.get('app-1')?.release?.doubt,
      'It is not known whether v1.2.3 has already been released on GitHub: api.github.com sent half an answer.',
    );
    t.deepEqual([calls, world.created], [[], []]);
    answers.whole = true;
    t.is((await step('app-1'))?.state, 'releasing');
  }
});

test('one registry that does not tell does not hide what another one tells', async (t) => {
  const { registry, unknown } = theRegistry('acme/stock:1.2.3');
  const { tag } = registry;
  const half = { ...registry, tag: async (...image: Parameters<typeof tag>) => ({ ...(await tag(...image)) }) };
  half.tag = async (...image) => (image[2] === undefined ? tag(...image) : { state: 'unknown', error: down });
  const { step } = aRelease([passedRun(1)], { registry: half, repository: imagesOnly(azure, stock) });
  t.regex((await step('app-1'))?.release?.problem ?? '', /^`acme\/stock:1\.2\.3` is already in the registry/);
  t.deepEqual(unknown, []);
});

test('only a registry that refuses to be read is pushed to unseen, and only where a person has configured that', async (t) => {
  for (const [unreadable, error, pushes] of [
    ['push', login, true],
    ['push', redirect, false],
    ['push', down, false],
    ['hold', login, false],
  ] as const) {
    const { registry, unknown } = theRegistry();
    unknown.push(error);
    const { step, approve, world } = aRelease([passedRun(1)], { registry, repository: imagesOnly({ ...azure, unreadable }) });
    await step('app-1');
    await approve('app-1');
    await step('app-1', 4);
    t.is(world.created.includes('Job azure'), pushes, `${unreadable}: ${error.message}`);
  }
  const { registry, holds } = theRegistry();
  holds.push('quay/acme/azure:1.2.3');
  const { step } = aRelease([passedRun(1)], { registry, repository: imagesOnly({ ...azure, unreadable: 'push' }) });
  t.truthy((await step('app-1'))?.release?.problem, 'what can be read is not pushed over');
});

/** A release whose image is about to be pushed. */
async function beforeThePush(registry = theRegistry()) {
  const release = aRelease([passedRun(1)], { registry: registry.registry, repository: imagesOnly(stock) });
  await release.step('app-1');
  await release.approve('app-1');
  await release.step('app-1', 3);
  return { ...release, ...registry };
}

test('an image that somebody has pushed after the check fails alone, before its Job is there', async (t) => {
  const { step, holds, world, decisions } = await beforeThePush();
  holds.push('acme/stock:1.2.3');
  const run = await step('app-1');
  t.deepEqual(world.created, []);
  t.like(run, { state: 'releasing', release: { images: [{ state: 'failed' }] } });
  t.regex(run?.release?.images?.[0]?.cause?.title ?? '', /^Not pushed: `acme\/stock:1\.2\.3` is already in the registry/);
  await decisions.tryAgain('app-1', 'stock');
  await step('app-1', 2);
  t.deepEqual(world.created, [], 'nor at another attempt');
  holds.length = 0;
  await decisions.tryAgain('app-1', 'stock');
  await step('app-1', 2);
  t.is(world.created.at(-1), 'Job stock-attempt-3');
});

test('an image waits where its registry does not tell right before the push, and is pushed when it does', async (t) => {
  const { step, unknown, world, book } = await beforeThePush();
  unknown.push(down);
  const run = await step('app-1', 3);
  t.deepEqual(world.created, []);
  t.regex(shown(run), /waiting: It is not known whether `acme\/stock:1\.2\.3`/);
  unknown.length = 0;
  await step('app-1');
  t.true(world.created.includes('Job stock'));
  t.like(book.get('app-1')?.release?.images?.[0], { state: 'started', waitingFor: undefined, heldSince: undefined });
});

test('an image that has waited for its registry for a day fails, unpushed', async (t) => {
  const { step, unknown, world, clock } = await beforeThePush();
  unknown.push(down);
  await step('app-1');
  clock.now = at(1000 + 24 * 3_600);
  const run = await step('app-1');
  t.like(run, { release: { images: [{ state: 'failed' }] } });
  t.deepEqual(world.created, []);
});

test('a Job of the run that is there when the bot comes back has pushed what its tag has; one of another run has not', async (t) => {
  const own = await beforeThePush();
  own.world.created.push('Job stock');
  own.holds.push('acme/stock:1.2.3');
  t.like((await own.step('app-1'))?.release?.images?.[0], { state: 'started' });
  const other = await beforeThePush();
  other.world.created.push('Job stock');
  other.world.jobOf = 'of another';
  other.holds.push('acme/stock:1.2.3');
  t.like((await other.step('app-1'))?.release?.images?.[0], { state: 'failed' });
});

test('what was never pushed is not named after a cancellation: people would delete the image of somebody else', async (t) => {
  const { step, holds, unknown, book, deps, world, clock } = await beforeThePush();
  unknown.push(down);
  await step('app-1');
  const held = book.get('app-1') as Run;
  unknown.length = 0;
  holds.push('acme/stock:1.2.3');
  await step('app-1');
  const refused = book.get('app-1') as Run;
  for (const run of [held, refused]) {
    t.deepEqual(attemptedImages(run), []);
    const cancelled = aRelease([moved(run, 'cancelled', {}, clock.now)], { registry: deps.registry, repository: world.repository });
    cancelled.clock.now = at(1061);
    await lookAfterCancel(cancelled.deps, cancelled.book.get('app-1') as Run, world.repository);
    t.deepEqual(cancelled.book.get('app-1')?.release?.leftovers, { images: [] });
  }
});

test('an attempt that has begun is no proof: what the tag has is its own only where the builder named it', async (t) => {
  for (const [said, isOwn] of [
    [config, true],
    ['sha256:other', false],
    [undefined, false],
  ] as const) {
    const { step, holds, world, book, decisions } = await beforeThePush();
    await step('app-1');
    const before = world.created.length;
    const statements = said && { statements: { pushed: [{ config: said, layers: [] }], messages: [] } };
    await book.change('app-1', (run) => withStage(run, 'stock', { state: 'failed', ...statements }));
    holds.push('acme/stock:1.2.3');
    world.jobOf = 'of no attempt';
    await decisions.tryAgain('app-1', 'stock');
    const run = await step('app-1', 2);
    t.is(run?.release?.images?.[0]?.state, isOwn ? 'started' : 'failed', said);
    t.is(world.created.length > before, isOwn);
    if (!isOwn) t.regex(run?.release?.images?.[0]?.cause?.title ?? '', /nothing shows that this release has pushed it/);
  }
});

/** Makes the image a copy, by the annotation of its Job. */
const copying = (run: Run, digest: string): Run =>
  replaceStage(run, 'stock', ({ objects = [], ...stage }) => ({
    ...stage,
    objects: objects.map(({ metadata, ...rest }) => ({ ...rest, metadata: { ...metadata, annotations: { 'coxswain/digest': digest } } })),
  }));

test('a copy that its tag has already, since the answer to the push was lost, passes without another push', async (t) => {
  const { step, holds, world, book, decisions } = await beforeThePush();
  await book.change('app-1', (run) => copying(run, 'sha256:0'));
  await step('app-1');
  const before = world.created.length;
  const statements = { pushed: [], messages: ['sha256:0'] };
  await book.change('app-1', (run) => withStage(run, 'stock', { state: 'failed', statements }));
  holds.push('acme/stock:1.2.3');
  await decisions.tryAgain('app-1', 'stock');
  await step('app-1');
  await book.change('app-1', (run) => copying(run, 'sha256:0'));
  const image = { repository: 'acme/stock', tag: '1.2.3', digest: 'sha256:0', bytes: 1 };
  const run = await step('app-1');
  t.like(run?.release?.images?.[0], { state: 'passed', attempt: 2, image });
  t.is(world.created.length, before);
  t.regex(shown(run), /the registry already had exactly the tested image under this tag: nothing was pushed/);
  t.is((await step('app-1', 3))?.state, 'released');
});

test('a copy whose tag has another image is not passed, and one whose registry does not tell is made', async (t) => {
  const other = await beforeThePush();
  await other.book.change('app-1', (run) => copying(run, 'sha256:1'));
  other.holds.push('acme/stock:1.2.3');
  t.like((await other.step('app-1'))?.release?.images?.[0], { state: 'failed' });
  const silent = await beforeThePush();
  silent.registry.manifest = () => Promise.reject(down);
  await silent.book.change('app-1', (run) => copying(run, 'sha256:0'));
  await silent.step('app-1');
  t.true(silent.world.created.includes('Job stock'));
});

test('an image that has failed after a day without an answer is not on hold', async (t) => {
  const { step, unknown, clock } = await beforeThePush();
  unknown.push(down);
  t.truthy(heldBecause((await step('app-1')) as Run));
  clock.now = at(1000 + 24 * 3_600);
  const run = await step('app-1');
  t.is(heldBecause(run as Run), undefined);
  t.notRegex(shown(run), /on hold/);
});

test('after a cancellation an image of an earlier attempt is looked for, though the last one was held back', async (t) => {
  const leftAfter = async (isPushed: boolean) => {
    const { step, unknown, holds, book, deps, decisions, world, clock } = await beforeThePush();
    if (!isPushed) holds.push('acme/stock:1.2.3');
    await step('app-1');
    await book.change('app-1', (run) => withStage(run, 'stock', { state: 'failed' }));
    await decisions.tryAgain('app-1', 'stock');
    const waiting = moved(book.get('app-1') as Run, 'cancelled', {}, clock.now);
    unknown.push(down);
    await step('app-1', 2);
    const held = moved(book.get('app-1') as Run, 'cancelled', {}, clock.now);
    unknown.length = 0;
    if (isPushed) holds.push('acme/stock:1.2.3');
    const left = [];
    for (const run of [waiting, held]) {
      const cancelled = aRelease([run], { registry: deps.registry, repository: world.repository });
      cancelled.clock.now = at(1061);
      await lookAfterCancel(cancelled.deps, run, world.repository);
      left.push(cancelled.book.get('app-1')?.release?.leftovers?.images);
    }
    return left;
  };
  t.deepEqual(await leftAfter(true), [['acme/stock:1.2.3'], ['acme/stock:1.2.3']]);
  t.deepEqual(await leftAfter(false), [[], []], 'no attempt at it came as far as its Job');
});
