import { randomBytes } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import { githubClient } from '../../../src/clients/github/github-client.ts';
import { UserError } from '../../../src/core/errors.ts';
import { json, loopback } from '../../fixtures/loopback.ts';
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
  const large = await answering(t, 200, { type: 'file', encoding: 'none', content: '', size: 2_000_000 });
  await t.throwsAsync(large.read(name, 'main', 'file'), { instanceOf: UserError, message: /2000000 bytes/ });
  const forbidden = await answering(t, 403, { message: 'Resource not accessible by personal access token' });
  await t.throwsAsync(forbidden.commit(name, changeOn('main')), { instanceOf: UserError, message: /Contents: write/ });
});
