import type { Loss } from '@coxswain/sandbox';
import test, { type ExecutionContext } from 'ava';
import { GithubError } from '../../../src/clients/github/github-error.ts';
import { UserError } from '../../../src/core/errors.ts';
import { aPlace, assetOf, draftOf, kept, name, type Place } from './_github.ts';

const losses: readonly (Loss | 'after')[] = ['gateway', 'empty', 'short', 'broken', 'after'];

function lose({ stand }: Place, route: RegExp, how: Loss | 'after'): void {
  if (how === 'after') stand.faults.cutNext(route, 'after');
  else stand.faults.loseNext(route, how);
}

const content = Buffer.from('the runner');

/** A release as the pipeline makes it, whose steps are repeated until they have all succeeded. */
async function release(place: Place): Promise<void> {
  const wanted = draftOf(place);
  for (let tries = 0; tries < 4; tries += 1) {
    try {
      const found = await place.releases.findRelease(name, wanted.tag, wanted.marker);
      if (found.state === 'published') return void (await place.releases.publish(name, found.release.id, { wanted, makeLatest: true }));
      const { id } = await place.releases.ensureDraft(name, wanted);
      const sent = await place.releases.ensureAsset(name, id, assetOf('runner', content));
      const assets = [{ ...assetOf('runner', content), name: sent.name, id: sent.id }];
      return void (await place.releases.publish(name, id, { wanted, makeLatest: true, assets }));
    } catch (error) {
      if ((error as { retry?: boolean }).retry !== true) throw error;
    }
  }
  throw new Error('not released after four tries');
}

const count = ({ stand }: Place, route: RegExp): number => stand.requests().filter((request) => route.test(request)).length;

async function isReleasedOnce(t: ExecutionContext, place: Place, what: string): Promise<void> {
  const all = place.stand.releases(name);
  t.deepEqual(
    all.map(({ tag, draft, assets }) => [tag, draft, assets.map((asset) => `${asset.name} ${asset.state}`)]),
    [['v1.2.0', false, ['runner uploaded']]],
    what,
  );
  t.deepEqual(await kept(place, 'v1.2.0', 'runner'), content, what);
  t.is(place.tagSha('v1.2.0'), place.shas.at(-1), what);
}

const writes = {
  'creating a draft': /^POST .*\/releases$/,
  'uploading an asset': /^POST .*\/assets$/,
  publishing: /^PATCH .*\/releases\/\d+$/,
};

for (const [what, route] of Object.entries(writes)) {
  test(`${what} is done once, however its answer is lost`, async (t) => {
    for (const how of losses) {
      const place = await aPlace(t);
      lose(place, route, how);
      await release(place);
      await isReleasedOnce(t, place, how);
      t.is(count(place, route), 1, how);
    }
  });
}

test('what is deleted from a draft is deleted once, though the answer is lost', async (t) => {
  const place = await aPlace(t);
  const { id } = await place.releases.ensureDraft(name, draftOf(place));
  await place.releases.ensureAsset(name, id, assetOf('runner', Buffer.from('another')));
  await place.releases.ensureAsset(name, id, assetOf('left-over', content));
  lose(place, /^DELETE/, 'after');
  lose(place, /^DELETE/, 'gateway');
  await release(place);
  await isReleasedOnce(t, place, 'deleted');
  t.is(count(place, /^DELETE/), 2);
});

const changeOn = (parent: string) => ({
  branch: 'main',
  parent,
  path: 'file',
  text: 'version 2.0.0\n',
  message: 'Set the version to 2.0.0\n\nIt was 1.0.0; major was requested by U1 in Slack.',
  topic: 'version-2.0.0-main',
  author: { name: 'coxswain', email: 'bot@example.com' },
});

for (const how of losses) {
  test(`a commit is written once, though its answer is lost (${how})`, async (t) => {
    const place = await aPlace(t);
    const parent = place.shas.at(-1) ?? '';
    lose(place, /^PUT/, how);
    const { sha, parent: before, url } = await place.client.files.commit(name, changeOn(parent));
    t.is(place.git('rev-parse', 'main'), sha);
    t.is(before, undefined, 'recognized by what anybody can forge, it is not recorded as the own one of the bot');
    t.regex(url, new RegExp(sha));
    t.is(place.git('rev-list', '--count', `${parent}..main`), '1');
    t.is(count(place, /^PUT/), 1);
  });

  test(`a proposal is one branch, one commit and one pull request, whichever answer is lost (${how})`, async (t) => {
    const place = await aPlace(t);
    const parent = place.shas.at(-1) ?? '';
    for (const route of [/^POST .*\/git\/refs$/, /^PUT/, /^POST .*\/pulls$/]) lose(place, route, how);
    const { number } = await place.client.files.propose(name, changeOn(parent));
    t.deepEqual(await place.client.files.propose(name, changeOn(parent)).then((again) => again.number), number);
    t.is(place.git('rev-list', '--count', 'main..coxswain/version-2.0.0-main'), '1');
    t.is(count(place, /^(PUT|POST)/), 3);
  });
}

test('a commit that was written and then followed by another one is found', async (t) => {
  const place = await aPlace(t);
  const parent = place.shas.at(-1) ?? '';
  const held = place.stand.faults.holdNext(/^PUT/);
  const client = place.client.files.commit(name, changeOn(parent));
  const release = await held;
  const ours = place.git('rev-parse', 'main');
  place.commit('somebody else');
  release();
  await client;
  place.stand.faults.failNext(/^PUT/, { status: 502, body: {} });
  place.stand.faults.failNext(/compare/, { status: 502, body: {} });
  t.is((await place.client.files.commit(name, changeOn(parent))).sha, ours);
});

test('a write that has not happened is sent again, at most three times', async (t) => {
  const place = await aPlace(t);
  const parent = place.shas.at(-1) ?? '';
  place.stand.faults.failNext(/^PUT/, { status: 502, body: {} }, 2);
  await place.client.files.commit(name, changeOn(parent));
  t.is(count(place, /^PUT/), 3);
  place.stand.faults.failNext(/^PUT/, { status: 502, body: {} }, 5);
  const next = { ...changeOn(place.git('rev-parse', 'main')), text: 'version 3.0.0', message: 'Set the version to 3.0.0' };
  await t.throwsAsync(place.client.files.commit(name, next), { instanceOf: GithubError, message: /answers 502/ });
  t.is(count(place, /^PUT/), 6);
});

test('a limit after a lost answer does not mean that nothing was written', async (t) => {
  for (const route of [/compare/, /^PUT/]) {
    const place = await aPlace(t);
    place.stand.faults.failNext(/^PUT/, { status: 502, body: { message: 'Bad Gateway' } });
    place.stand.faults.rateLimitNext(route, 900);
    const error = await t.throwsAsync(place.client.files.commit(name, changeOn(place.shas.at(-1) ?? '')), { instanceOf: GithubError });
    t.regex(error?.message ?? '', /answers 502/);
    t.is(error?.retryAt, undefined);
  }
});

test('what GitHub refuses because it exists already counts as done', async (t) => {
  const place = await aPlace(t);
  const parent = place.shas.at(-1) ?? '';
  place.git('update-ref', 'refs/heads/coxswain/version-2.0.0-main', parent);
  place.stand.faults.failNext(/^GET .*\/git\/ref\/heads/, { status: 404, body: { message: 'Not Found' } });
  const { number } = await place.client.files.propose(name, changeOn(parent));
  place.stand.faults.failNext(/^GET .*\/pulls$/, { status: 200, body: [] });
  t.is((await place.client.files.propose(name, changeOn(parent))).number, number);
});

test('a conflict is a branch that has moved only where it has moved, and otherwise has the words of GitHub', async (t) => {
  const place = await aPlace(t);
  const parent = place.shas.at(-1) ?? '';
  const message = 'Repository rule violations found\n\nChanges must be made through a pull request.\n\n';
  place.stand.faults.failNext(/^PUT/, { status: 409, body: { message } });
  await t.throwsAsync(place.client.files.commit(name, changeOn(parent)), {
    instanceOf: UserError,
    message:
      /\(409 Repository rule violations found Changes must be made through a pull request\.\): a rule of the repository forbids this/,
  });
  place.stand.faults.failNext(/^PUT/, { status: 409, body: { message: 'Git Repository is locked' } });
  await t.throwsAsync(place.client.files.commit(name, changeOn(parent)), {
    instanceOf: UserError,
    message: /409 Git Repository is locked/,
  });
  place.commit('somebody else');
  await t.throwsAsync(place.client.files.commit(name, changeOn(parent)), {
    instanceOf: UserError,
    message: /`main` has moved in the meantime/,
  });
  t.is(count(place, /^PUT/), 3, 'a refusal is not repeated');
});
