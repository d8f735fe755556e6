import { randomBytes } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import type { GithubRelease } from '../../src/clients/github/release.ts';
import { aPlace, assetOf, draftOf, kept, name, type Place } from '../clients/github/_github.ts';

const contents = {
  'runner-linux-amd64': randomBytes(200_000),
  'build.log': Buffer.from('Step 7/19\n'),
  SHA256SUMS: Buffer.from('ab  runner-linux-amd64\n'),
};

/** The whole way of a release, as the pipeline goes it from its start and, after a crash, again. */
async function cut({ releases }: Place, wanted: ReturnType<typeof draftOf>): Promise<GithubRelease> {
  const found = await releases.findRelease(name, wanted.tag, wanted.marker);
  if (found.state === 'published' && found.ours) return releases.publish(name, found.release.id, { wanted, makeLatest: true });
  const { id } = await releases.ensureDraft(name, wanted);
  const assets = Object.entries(contents).map(([file, content]) => assetOf(file, content));
  for (const asset of assets) await releases.ensureAsset(name, id, asset);
  return releases.publish(name, id, { wanted, makeLatest: true, assets });
}

async function isWhole(t: ExecutionContext, place: Place, { tag, target }: ReturnType<typeof draftOf>, when: string): Promise<void> {
  const made = place.stand.releases(name).filter((one) => one.tag === tag);
  t.deepEqual(
    made.map(({ draft, assets }) => ({ draft, assets: assets.map((one) => `${one.name} ${one.state}`).sort() })),
    [
      {
        draft: false,
        assets: Object.keys(contents)
          .sort()
          .map((file) => `${file} uploaded`),
      },
    ],
    when,
  );
  for (const [file, content] of Object.entries(contents)) t.deepEqual(await kept(place, tag, file), content, `${file}, ${when}`);
  t.is(place.tagSha(tag), target, when);
}

/** Every request of a release that meets no trouble. */
async function requestsOf(place: Place): Promise<readonly string[]> {
  await cut(place, draftOf(place, { tag: 'v0.0.1' }));
  return [...place.stand.requests()];
}

/** Where a kill makes a difference of its own: after a request that only reads it is as before the next one. */
const counts = {
  before: () => true,
  middle: (request: string) => request.startsWith('POST') && request.endsWith('/assets'),
  after: (request: string) => !request.startsWith('GET'),
} as const;

for (const when of ['before', 'middle', 'after'] as const) {
  test(`killed ${when === 'middle' ? 'in the middle of' : when} each request, a release is whole after the next start, and there is one`, async (t) => {
    const place = await aPlace(t);
    const asked = await requestsOf(place);
    t.true(asked.length > 15, `${asked.length} requests`);
    for (const [k, request] of asked.entries()) {
      if (!counts[when](request)) continue;
      const wanted = draftOf(place, { tag: `v1.0.${k}`, marker: `run-${k}` });
      place.stand.faults.endAfter(k, when);
      await t.throwsAsync(cut(place, wanted), undefined, `killed ${when} ${request}`);
      place.stand.faults.clear();
      await cut(place, wanted);
      await isWhole(t, place, wanted, `killed ${when} ${request}`);
    }
  });
}

test('killed again and again, each time one request later, it comes to the same end', async (t) => {
  const place = await aPlace(t);
  const wanted = draftOf(place);
  let kills = 0;
  for (let count = 0; ; count++) {
    place.stand.faults.endAfter(count, count % 2 === 0 ? 'after' : 'middle');
    const ended = await cut(place, wanted).catch(() => undefined);
    place.stand.faults.clear();
    if (ended) break;
    kills++;
  }
  t.true(kills > 5, `${kills} kills`);
  await isWhole(t, place, wanted, `${kills} kills`);
});

test('an answer to any write that is lost once is no trouble, or one that is over with the next try', async (t) => {
  const place = await aPlace(t);
  const asked = await requestsOf(place);
  for (const [k, request] of asked.entries()) {
    const wanted = draftOf(place, { tag: `v1.0.${k}`, marker: `run-${k}` });
    if (!counts.after(request)) continue;
    let left = k;
    place.stand.faults.cutNext(() => left-- === 0, 'after');
    await cut(place, wanted).catch(() => cut(place, wanted));
    await isWhole(t, place, wanted, `the answer to ${request} lost`);
  }
});

test('of two drafts of one run, which a lagging list allows, one is published and the other is removed', async (t) => {
  const place = await aPlace(t);
  const wanted = draftOf(place);
  const { id } = await place.releases.ensureDraft(name, wanted);
  const body = {
    tag_name: wanted.tag,
    body: `later\n\n<!-- coxswain-run: ${wanted.marker} -->`,
    draft: true,
    target_commitish: wanted.target,
  };
  const post = () =>
    fetch(`${place.stand.url}/repos/${name}/releases`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { authorization: 'token ghp_x' },
    });
  await post();
  await place.releases.ensureDraft(name, wanted);
  t.deepEqual(
    place.stand.releases(name).map((one) => one.id),
    [id],
  );
  await post();
  await place.releases.publish(name, id, { wanted, makeLatest: true });
  t.deepEqual(
    place.stand.releases(name).map((one) => one.id),
    [id],
  );
});
