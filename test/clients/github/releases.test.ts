import { randomBytes } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import { githubClient } from '../../../src/clients/github/github-client.ts';
import { GithubError } from '../../../src/clients/github/github-error.ts';
import { UserError } from '../../../src/core/errors.ts';
import { json, loopback } from '../../fixtures/loopback.ts';
import { aPlace, assetOf, draftOf, kept, name, type Place } from './_github.ts';

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

  const released = await releases.publish(name, draft.id, { wanted, makeLatest: true });
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
  const wanted = draftOf(place);
  const draft = await releases.ensureDraft(name, wanted);
  const files = ['old-name', 'runner', 'SHA256SUMS'].map((file) => assetOf(file, Buffer.from(file)));
  const [old, runner, sums] = files;
  if (!old || !runner || !sums) return t.fail();
  for (const file of [old, runner]) await releases.ensureAsset(name, draft.id, file);
  await t.throwsAsync(releases.publish(name, draft.id, { wanted, makeLatest: true, assets: [runner, sums] }), {
    message: 'In the draft, the asset SHA256SUMS is missing. It has to be uploaded again.',
  });
  t.is(place.tagSha('v1.2.0'), undefined);
  await releases.publish(name, draft.id, { wanted, makeLatest: true, assets: [runner] });
  t.deepEqual(await kept(place, 'v1.2.0', 'runner'), Buffer.from('runner'));
  t.deepEqual(
    place.stand.releases(name)[0]?.assets.map((asset) => asset.name),
    ['runner'],
  );
});

const quiet = { info() {}, warn() {}, error() {} };

const changeOn = (parent: string) => ({
  branch: 'main',
  parent,
  path: 'file',
  text: 'version 2.0.0 ü\n',
  message: 'Set the version to 2.0.0\n\nAsked for by Ada.',
  topic: 'version-2.0.0-main',
  author: { name: 'coxswain', email: 'bot@example.com' },
});

test('a file is read at a commit', async (t) => {
  const { client, shas } = await aPlace(t, { commits: ['one', 'two'] });
  t.regex(await client.files.read(name, shas[0] ?? '', 'file'), /^main one /);
  t.regex(await client.files.read(name, shas[1] ?? '', 'file'), /^main two /);
  await t.throwsAsync(client.files.read(name, shas[0] ?? '', 'gone'), { instanceOf: UserError, message: /file gone of ada\/scheduler/ });
});

test('a commit is made on top of the parent, by the bot', async (t) => {
  const { client, shas, git } = await aPlace(t);
  const parent = shas.at(-1) ?? '';
  const { sha, url } = await client.files.commit(name, changeOn(parent));
  t.is(git('rev-parse', 'main'), sha);
  t.regex(url, new RegExp(`/${name}/commit/${sha}$`));
  t.is(git('show', '-s', '--format=%P|%an|%ae|%B', sha), `${parent}|coxswain|bot@example.com|${changeOn('').message}`);
  t.is(git('show', `${sha}:file`), 'version 2.0.0 ü');
});

test('a file that has changed meanwhile is left alone', async (t) => {
  const { client, shas, git, commit } = await aPlace(t);
  const head = commit('somebody else');
  await t.throwsAsync(client.files.commit(name, changeOn(shas.at(-1) ?? '')), {
    instanceOf: UserError,
    message: /`main` has moved in the meantime/,
  });
  t.is(git('rev-parse', 'main'), head);
});

test('a proposal is a branch and a pull request, once', async (t) => {
  const { client, shas, git, stand } = await aPlace(t);
  const parent = shas.at(-1) ?? '';
  const made = await client.files.propose(name, changeOn(parent));
  t.regex(made.url, new RegExp(`/${name}/pull/${made.number}$`));
  t.deepEqual(await client.files.propose(name, changeOn(parent)), made);
  t.is(git('rev-parse', 'main'), parent);
  t.is(git('show', '-s', '--format=%P %an', 'coxswain/version-2.0.0-main'), `${parent} coxswain`);
  t.is(stand.requests().filter((request) => request === `POST /repos/${name}/pulls`).length, 1);
});

test('a proposal that was killed before any of its requests is whole after the next one, and there is one', async (t) => {
  const { client, shas, git, stand } = await aPlace(t);
  const parent = shas.at(-1) ?? '';
  let kills = 0;
  for (; ; kills++) {
    stand.faults.endAfter(kills, 'before');
    const made = await client.files.propose(name, changeOn(parent)).catch(() => undefined);
    stand.faults.clear();
    if (made) break;
  }
  t.true(kills >= 4, `${kills} kills`);
  t.is(git('rev-list', '--count', 'main..coxswain/version-2.0.0-main'), '1');
  t.is(git('show', 'coxswain/version-2.0.0-main:file'), 'version 2.0.0 ü');
});

/** A GitHub that gives one answer to everything. */
async function answering(t: ExecutionContext, status: number, body: unknown) {
  const server = await loopback(t, (_request, response) => json(response, status, body));
  return githubClient({ token: 'ghp_x', baseUrl: server.url, log: quiet, retryMs: 5, timeoutMs: 1_000 }).files;
}

test('what is no file, what is too large and what is forbidden says what to do', async (t) => {
  const folder = await answering(t, 200, []);
  await t.throwsAsync(folder.read(name, 'main', 'file'), { instanceOf: UserError, message: /not a regular file/ });
  const large = await answering(t, 200, { type: 'file', encoding: 'none', content: '', size: 2_000_000, sha: 'f'.repeat(40) });
  await t.throwsAsync(large.read(name, 'main', 'file'), { instanceOf: UserError, message: /2000000 bytes/ });
  const forbidden = await answering(t, 403, { message: 'Resource not accessible by personal access token' });
  await t.throwsAsync(forbidden.commit(name, changeOn('main')), { instanceOf: UserError, message: /Contents: write/ });
});

/** A draft of a release with one asset, and the way to edit it as a person may on GitHub's page. */
async function aDraft(t: ExecutionContext) {
  const place = await aPlace(t, { commits: ['one', 'two'] });
  const wanted = draftOf(place);
  const runner = assetOf('runner', Buffer.from('the runner'));
  const { id } = await place.releases.ensureDraft(name, wanted);
  await place.releases.ensureAsset(name, id, runner);
  const request = async (method: string, path: string, body?: string) => {
    const headers = { authorization: 'token ghp_x', ...(body && { 'content-type': 'application/octet-stream' }) };
    const answer = await fetch(`${place.stand.url.replace(/\/v3$/, '')}${path}`, { method, headers, ...(body && { body }) });
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  };
  const at = `/repos/${name}/releases`;
  const edit = (fields: object) => request('PATCH', `/v3${at}/${id}`, JSON.stringify(fields));
  const swap = async (text: string) => {
    const [asset] = place.stand.releases(name)[0]?.assets ?? [];
    await request('DELETE', `/v3${at}/assets/${asset?.id}`);
    await request('POST', `/uploads${at}/${id}/assets?name=runner`, text);
  };
  const publish = () => place.releases.publish(name, id, { wanted, makeLatest: true, assets: [runner] });
  return { place, wanted, id, runner, edit, swap, publish };
}

test('whatever somebody has made of the draft, the release has its own tag, commit, title and kind', async (t) => {
  const edits = [{ tag_name: 'v9.9.9' }, { target_commitish: 'main~1' }, { prerelease: true }, { name: 'Another title' }];
  for (const fields of edits) {
    const { place, wanted, edit, publish } = await aDraft(t);
    const target = place.shas[0] ?? '';
    await edit('target_commitish' in fields ? { target_commitish: target } : fields);
    await publish();
    t.like(place.stand.releases(name), [{ tag: 'v1.2.0', target: wanted.target, prerelease: false, name: 'v1.2.0', draft: false }]);
    t.is(place.tagSha('v1.2.0'), wanted.target, JSON.stringify(fields));
    t.is(place.tagSha('v9.9.9'), undefined);
  }
});

test('the text of the notes may be edited in the draft, and the mark of the run comes back', async (t) => {
  const { place, wanted, edit, publish } = await aDraft(t);
  await edit({ body: 'Better words.' });
  t.is((await publish()).body, 'Better words.');
  t.like(await place.releases.findRelease(name, wanted.tag, wanted.marker), { state: 'published', ours: true });
});

test('an asset that somebody has replaced, even by one of the same size, is not published but uploaded again', async (t) => {
  for (const text of ['THE RUNNER', 'another one']) {
    const { place, id, runner, swap, publish } = await aDraft(t);
    await swap(text);
    await t.throwsAsync(publish(), {
      instanceOf: GithubError,
      message: 'In the draft, the asset runner is not the file that was uploaded: somebody has replaced it. It has to be uploaded again.',
    });
    t.is(place.tagSha('v1.2.0'), undefined);
    await place.releases.ensureAsset(name, id, runner);
    await publish();
    t.is(String(await kept(place, 'v1.2.0', 'runner')), 'the runner');
  }
});

/** Has the next two reads of the release say when it was published. */
async function publishedAt({ stand }: Place, id: number, published_at: string): Promise<void> {
  const path = `/repos/${name}/releases/${id}`;
  const answer = await fetch(`${stand.url}${path}`, { headers: { authorization: 'token ghp_x' } });
  const body = { ...((await answer.json()) as object), published_at };
  stand.faults.failNext(`GET ${path}`, { status: 200, body }, 2);
}

test('a tag that lags behind its release is waited for, however often it is asked for', async (t) => {
  const { place, publish } = await aDraft(t);
  await publish();
  place.git('tag', '-d', 'v1.2.0');
  for (let times = 0; times < 2; times += 1)
    await t.throwsAsync(publish(), { instanceOf: GithubError, message: /is published, and its tag does not exist yet$/ });
  place.git('tag', 'v1.2.0', place.shas.at(-1) ?? '');
  t.false((await publish()).draft);
});

test('what is published and differs is said: the tag, its commit, an asset', async (t) => {
  const cases: readonly [what: string, change: (world: Awaited<ReturnType<typeof aDraft>>) => unknown, words: RegExp][] = [
    [
      'the tag is removed',
      async ({ place, id }) => {
        place.git('tag', '-d', 'v1.2.0');
        await publishedAt(place, id, '2026-01-01T00:00:00Z');
      },
      /is published \(http\S+\), but its tag does not exist: somebody has removed it\. Put the tag v1\.2\.0 at \w{7} again, then retry\.$/,
    ],
    [
      'the tag is moved',
      ({ place }) => place.git('tag', '-f', 'v1.2.0', place.shas[0] ?? ''),
      /its tag is at \w{7}, not \w{7}: somebody has moved it/,
    ],
    [
      'an asset is replaced',
      ({ swap }) => swap('THE RUNNER'),
      /but the asset runner is not the file that was uploaded.* Delete that release on GitHub/,
    ],
    [
      'its tag is another one',
      ({ edit }) => edit({ tag_name: 'v9.9.9' }),
      /Somebody has published the release v1\.2\.0 .* under another tag, v9\.9\.9/,
    ],
  ];
  for (const [what, change, words] of cases) {
    const world = await aDraft(t);
    await world.publish();
    await change(world);
    await t.throwsAsync(world.publish(), { instanceOf: UserError, message: words }, what);
  }
});

test('a release that does not name its upload address sends nothing anywhere', async (t) => {
  const { place, id, runner } = await aDraft(t);
  const { releases } = place.stand;
  const { assets: _, ...release } = releases(name)[0] ?? {};
  place.stand.faults.failNext(/^GET .*\/releases\/\d+$/, { status: 200, body: { ...release } }, 3);
  const before = place.stand.requests().length;
  await t.throwsAsync(place.releases.ensureAsset(name, id, { ...runner, name: 'other' }), { message: /half an answer|without data/ });
  t.false(
    place.stand
      .requests()
      .slice(before)
      .some((request) => request.startsWith('POST')),
  );
});
