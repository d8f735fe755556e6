import type { Loss } from '@coxswain/sandbox';
import test, { type ExecutionContext } from 'ava';
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
