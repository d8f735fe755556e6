import test from 'ava';
import type { ReleaseImage, Repository } from '../../../src/core/config.ts';
import { UserError } from '../../../src/core/errors.ts';
import { attemptedImages } from '../../../src/core/run/release-parts.ts';
import type { StageRun } from '../../../src/core/run/stage-run.ts';
import { withStage } from '../../../src/core/run/stages.ts';
import { aGithub, aRelease, aRepository, config, passedRun, stock, theRegistry } from '../releasing.ts';

const azure: ReleaseImage = { ...stock, name: 'azure', repository: 'acme/azure', registry: 'quay' };
const bump = 'Bump the version in `README.md` with a commit to `main`; the run of that commit can be released.';

/** A repository that releases images and knows no GitHub. */
function imagesOnly(...images: ReleaseImage[]): Repository {
  const { github: _place, release, ...repository } = aRepository({ images });
  if (!release) return repository;
  const { github: _cut, ...rest } = release;
  return { ...repository, release: rest };
}

for (const [what, repository] of [
  ['beside a GitHub release', aRepository({ images: [stock, azure] })],
  ['of a release of images only', imagesOnly(stock, azure)],
] as const) {
  test(`an image ${what} that lies in its registry already opens no vote that could be won`, async (t) => {
    const { registry, asked } = theRegistry('quay/acme/azure:1.2.3');
    const { step, approve } = aRelease([passedRun(1)], { registry, repository });
    t.is((await step('app-1'))?.release?.problem, `\`acme/azure:1.2.3\` is already in the registry quay. ${bump}`);
    t.deepEqual(asked, ['acme/stock:1.2.3', 'quay/acme/azure:1.2.3']);
    await t.throwsAsync(approve('app-1'), { message: /cannot be released/ });
  });

  test(`an image ${what} that somebody has pushed during the vote ends the release before anything is pushed`, async (t) => {
    for (const order of ['images-first', 'github-first'] as const) {
      const { registry, holds } = theRegistry();
      const { github, calls } = aGithub();
      const ordered = { ...repository, ...(repository.release && { release: { ...repository.release, order } }) };
      const { step, approve, world } = aRelease([passedRun(1)], { registry, github, repository: ordered });
      await step('app-1');
      await approve('app-1');
      holds.push('acme/stock:1.2.3');
      const run = await step('app-1', 2);
      t.like(run, { state: 'failed', reason: `\`acme/stock:1.2.3\` is already in the registry. ${bump}` }, order);
      t.deepEqual([calls, world.created], [[], []], order);
      t.deepEqual(run && attemptedImages(run), [], 'a retry is not let through either');
    }
  });
}

test('a version with build metadata is looked for under the tag that it would have', async (t) => {
  const { registry, asked } = theRegistry();
  const { step } = aRelease([passedRun(1, { version: '1.2.3+b5' })], { registry, repository: imagesOnly(stock) });
  await step('app-1');
  t.deepEqual(asked, ['acme/stock:1.2.3_b5']);
});

test('what a release has pushed itself is not held against it: neither after a crash nor at another attempt', async (t) => {
  const { registry, holds } = theRegistry();
  const github = aGithub({ ensureDraft: async () => Promise.reject(new UserError('no')) });
  const before = aRelease([passedRun(1)], { ...github, registry, repository: aRepository({ images: [stock, azure] }) });
  await before.step('app-1');
  await before.approve('app-1');
  await before.step('app-1', 3);
  holds.push('acme/stock:1.2.3', 'quay/acme/azure:1.2.3');

  const after = aRelease([...before.saved.values()], { ...github, registry, repository: aRepository({ images: [stock, azure] }) });
  const statements = { pushed: [{ config, layers: [] }], messages: [] };
  await after.book.change('app-1', (run) =>
    withStage(withStage(run, 'stock', { state: 'passed' }), 'azure', { state: 'failed', statements }),
  );
  await after.decisions.tryAgain('app-1', 'azure');
  await after.step('app-1', 2);
  t.true(after.world.created.includes('Job azure-attempt-2'), "it is the run's own");
  await after.book.change('app-1', (run) => withStage(run, 'azure', { state: 'passed' }));
  t.like(await after.step('app-1'), { state: 'releasing', release: { github: { state: 'failed' } } });
  github.github.ensureDraft = async () => ({ id: 1, url: 'draft', draft: true });
  await after.decisions.tryAgain('app-1', 'github');
  t.is((await after.step('app-1', 2))?.state, 'released');
});

test('a bot that ends between the check and the first image finds the version checked, one that ends before checks', async (t) => {
  const { registry, asked } = theRegistry();
  const release = aRelease([passedRun(1)], { registry, repository: imagesOnly(stock) });
  await release.step('app-1');
  await release.approve('app-1');
  await release.step('app-1');
  release.failSaves(true);
  await t.throwsAsync(release.step('app-1'), { message: 'disk full' });
  t.deepEqual(release.world.created, []);
  const again = aRelease([...release.saved.values()], { registry, repository: imagesOnly(stock) });
  await again.step('app-1');
  t.is(asked.length, 4);
  t.like(again.book.get('app-1'), { release: { github: { state: 'waiting', versionChecked: true } } });
});

test('a retry may push over what the run before is known to have pushed, and over nothing else', async (t) => {
  const { registry } = theRegistry('acme/stock:1.2.3');
  const reported = [{ name: 'stock', pushed: [{ config, layers: [] }], messages: [] }];
  const release = { version: '', tag: '', requiredVotes: 1, votes: [], attemptedImages: ['stock'], reported };
  const one = aRelease([passedRun(2, { release })], { registry, repository: imagesOnly(stock, azure) });
  await one.step('app-2');
  await one.approve('app-2');
  await one.step('app-2', 4);
  t.true(one.world.created.includes('Job stock'));

  const { registry: other } = theRegistry('acme/stock:1.2.3', 'quay/acme/azure:1.2.3');
  const two = aRelease([passedRun(2, { release })], { registry: other, repository: imagesOnly(stock, azure) });
  t.regex((await two.step('app-2'))?.release?.problem ?? '', /^`acme\/azure:1\.2\.3` is already in the registry quay/);
});

test('an image may have been pushed from the moment that its objects were saved; one that only waited has not', (t) => {
  const image = (name: string, state: StageRun['state'], attempt = 1): StageRun => ({ name, kind: 'image', state, attempt });
  const images = [image('a', 'skipped'), image('b', 'failed'), image('c', 'passed'), image('d', 'skipped', 2), image('e', 'cancelled')];
  const release = { version: '1.2.3', tag: 'v1.2.3', requiredVotes: 1, votes: [], images };
  const run = passedRun(1, { stages: [{ name: 'image', kind: 'image', state: 'passed' }], release });
  t.deepEqual(attemptedImages(run), ['b', 'c', 'd', 'e']);
  t.deepEqual(attemptedImages({ ...run, release: { ...release, attemptedImages: ['a', 'b'] } }), ['a', 'b', 'c', 'd', 'e']);
});
