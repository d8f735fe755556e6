import { randomBytes } from 'node:crypto';
import test from 'ava';
import { aPlace, assetOf, draftOf, kept, name } from './_github.ts';

test('a release is a draft, gets its assets, is published, and only then there is a tag', async (t) => {
  const place = await aPlace(t);
  const { releases, stand } = place;
  const wanted = draftOf(place);
  t.deepEqual(await releases.findRelease(name, wanted.tag, wanted.marker), { state: 'none' });
  const draft = await releases.ensureDraft(name, wanted);
  t.true(draft.draft);
  t.is(draft.body, wanted.body);
  t.is(place.tagSha('v1.2.0'), undefined);
  t.like(await releases.findRelease(name, wanted.tag, wanted.marker), { state: 'draft', ours: true, release: { id: draft.id } });

  const content = randomBytes(300_000);
  const asset = await releases.ensureAsset(name, draft.id, assetOf('runner-linux-amd64', content));
  t.like(asset, { name: 'runner-linux-amd64', bytes: 300_000, uploaded: true });
  t.true((await kept(place, 'v1.2.0', 'runner-linux-amd64'))?.equals(content));

  const released = await releases.publish(name, draft.id, { makeLatest: true });
  t.false(released.draft);
  t.is(released.url, `${stand.pages}${name}/releases/tag/v1.2.0`);
  t.is(place.tagSha('v1.2.0'), wanted.target);
  t.is(await releases.tagSha(name, 'v1.2.0'), wanted.target);
  t.is((await releases.latestRelease(name))?.id, draft.id);
  t.like(await releases.findRelease(name, wanted.tag, wanted.marker), { state: 'published', ours: true });
  t.like(await releases.findRelease(name, wanted.tag, 'another'), { state: 'published', ours: false });
});

test('what an attempt before has left in the draft is not published, and nothing that is missing', async (t) => {
  const place = await aPlace(t);
  const { releases } = place;
  const draft = await releases.ensureDraft(name, draftOf(place));
  for (const file of ['old-name', 'runner']) await releases.ensureAsset(name, draft.id, assetOf(file, Buffer.from(file)));
  await t.throwsAsync(releases.publish(name, draft.id, { makeLatest: true, assets: ['runner', 'SHA256SUMS'] }), {
    message: /SHA256SUMS .* is gone/,
  });
  t.is(place.tagSha('v1.2.0'), undefined);
  await releases.publish(name, draft.id, { makeLatest: true, assets: ['runner'] });
  t.deepEqual(await kept(place, 'v1.2.0', 'runner'), Buffer.from('runner'));
  t.deepEqual(
    place.stand.releases(name)[0]?.assets.map((asset) => asset.name),
    ['runner'],
  );
});
