import test, { type ExecutionContext } from 'ava';
import { githubClient } from '../../../src/clients/github/github-client.ts';
import { HalfAnswer } from '../../../src/clients/http/half-answer.ts';
import { isForGood, UserError } from '../../../src/core/errors.ts';
import { loopback } from '../../fixtures/loopback.ts';
import { aPlace, draftOf, name, quiet } from './_github.ts';

test('what is new since a tag comes with subject, body and author, the oldest first', async (t) => {
  const place = await aPlace(t);
  place.git('tag', 'v1.0.0', place.shas[0] ?? '');
  const last = place.commit('feat: more\n\nBREAKING CHANGE: less');
  const news = await place.releases.compare(name, 'v1.0.0', last);
  t.deepEqual(news, {
    total: 2,
    commits: [
      { sha: place.shas[1], subject: 'fix: mend it', body: '', author: 'Ada' },
      { sha: last, subject: 'feat: more', body: 'BREAKING CHANGE: less', author: 'Ada' },
    ],
    url: `${place.stand.pages}${name}/compare/v1.0.0...${last}`,
  });
  t.is((await place.releases.compare(name, last, last)).total, 0);
  await t.throwsAsync(place.releases.compare(name, 'v9', last), {
    instanceOf: UserError,
    message: /what is new from v9 to .* in ada\/scheduler/,
  });
});

const halfAnswer = test.macro(async (t, status: number, text: string) => {
  const { releases } = await answering(t, status, text);
  t.false(isForGood(await t.throwsAsync(releases.compare(name, 'a', 'b'), { instanceOf: HalfAnswer })));
});
test('an empty answer says nothing of commits', halfAnswer, 200, '');
test('an answer that broke off says nothing of commits', halfAnswer, 200, '{"total_commits": 1, "com');
test('an answer that is still being made says nothing of commits', halfAnswer, 202, '{}');
test('a comparison without commits says nothing of them', halfAnswer, 200, '{}');

test('an empty answer does not say that somebody else has released', async (t) => {
  const { releases } = await answering(t, 200, '');
  const error = await t.throwsAsync(releases.findRelease(name, 'v1', 'uid'), {
    message: /sent half an answer about .*\/releases\/tags\/v1: it is empty/,
  });
  t.false(isForGood(error));
});

/** A GitHub that gives every request this answer. */
async function answering(t: ExecutionContext, status: number, text: string) {
  const { url } = await loopback(t, (_, answer) => answer.writeHead(status, { 'content-type': 'application/json' }).end(text));
  return githubClient({ token: 'ghp_x', baseUrl: url, log: quiet, paced: false, retryMs: 1 });
}

const comparison = (total: number, from: number, count: number) => ({
  status: 200,
  body: {
    total_commits: total,
    html_url: 'https://x/',
    commits: Array.from({ length: count }, (_, at) => ({
      sha: `${from + at}`,
      commit: { message: `c${from + at}`, author: { name: 'Ada' } },
    })),
  },
});

const newest = test.macro(async (t, total: number, pages: readonly number[], first: string | undefined, taken: number) => {
  const { releases, stand } = await aPlace(t);
  for (const page of pages) stand.faults.failNext(/compare/, comparison(total, (page - 1) * 100, Math.min(100, total - (page - 1) * 100)));
  const { commits } = await releases.compare(name, 'a', 'b');
  t.is(commits.length, taken);
  t.is(commits[0]?.subject, first);
  t.is(commits.at(-1)?.subject, `c${total - 1}`);
  t.is(stand.requests().length, pages.length);
});
test('of many commits all are taken', newest, 250, [1, 2, 3], 'c0', 250);
test('of 300 commits all are taken', newest, 300, [1, 2, 3], 'c0', 300);
test('of too many commits the newest three pages are taken', newest, 1_042, [1, 9, 10, 11], 'c800', 242);
test('one page of commits is one request', newest, 100, [1], 'c0', 100);

test('notes by GitHub count from the tag that is asked for, or that GitHub chooses', async (t) => {
  const place = await aPlace(t, { commits: ['begin', 'Take turns (#7)', 'Wait (#8)'] });
  const [first = '', second = '', last = ''] = place.shas;
  place.git('tag', 'v1.0.0', first);
  place.git('tag', 'v1.1.0', second);
  const notes = await place.releases.generateNotes(name, { tag: 'v1.2.0', target: last, previous: 'v1.0.0' });
  t.regex(
    notes,
    /^## What's Changed\n\* Wait by @ghost in .*\/pull\/8\n\* Take turns by .*\/pull\/7\n\n\*\*Full Changelog\*\*: .*\/compare\/v1\.0\.0\.\.\.v1\.2\.0$/,
  );
  t.regex(await place.releases.generateNotes(name, { tag: 'v1.2.0', target: last }), /\/commits\/v1\.2\.0$/);
  await t.throwsAsync(place.releases.generateNotes(name, { tag: 'v1.2.0', target: 'f'.repeat(40) }), {
    instanceOf: UserError,
    message: /Push it to this repository/,
  });
});

test('there is no latest release before the first, and a prerelease is none', async (t) => {
  const place = await aPlace(t);
  t.is(await place.releases.latestRelease(name), undefined);
  const publish = async (tag: string, prerelease: boolean, makeLatest: boolean) => {
    const wanted = draftOf(place, { tag, prerelease, marker: tag.replaceAll('.', '-') });
    const { id } = await place.releases.ensureDraft(name, wanted);
    return place.releases.publish(name, id, { wanted, makeLatest });
  };
  t.true((await publish('v1.0.0-rc.1', true, true)).prerelease);
  t.is(await place.releases.latestRelease(name), undefined);
  await publish('v1.0.0', false, true);
  await publish('v0.9.1', false, false);
  t.is((await place.releases.latestRelease(name))?.tag, 'v1.0.0');
  t.is(await place.releases.tagSha(name, 'v2'), undefined);
});

test('a draft follows what is wanted now', async (t) => {
  const place = await aPlace(t);
  const wanted = draftOf(place);
  const { id } = await place.releases.ensureDraft(name, wanted);
  const writes = () => place.stand.requests().filter((one) => !one.startsWith('GET')).length;
  const before = writes();
  await place.releases.ensureDraft(name, wanted);
  t.is(writes(), before, 'what is as wanted is not written again');
  const edited = await place.releases.ensureDraft(name, { ...wanted, body: 'by hand', target: place.shas[0] ?? '', name: 'One' });
  t.like(edited, { id, body: 'by hand', target: place.shas[0], name: 'One' });
  const [kept] = place.stand.releases(name);
  t.is(kept?.body, `by hand\n\n<!-- coxswain-run: ${wanted.marker} -->`);
});

test('a draft of the same tag that is not ours is left alone', async (t) => {
  const place = await aPlace(t);
  const theirs = await place.releases.ensureDraft(name, draftOf(place, { marker: 'theirs' }));
  const forged = draftOf(place, { marker: 'forger' });
  await place.releases.ensureDraft(name, { ...forged, body: `<!-- coxswain-run: ${draftOf(place).marker} -->` });
  t.deepEqual(await place.releases.findRelease(name, 'v1.2.0', draftOf(place).marker), { state: 'none' });
  const ours = await place.releases.ensureDraft(name, draftOf(place));
  t.not(ours.id, theirs.id);
  t.is(place.stand.releases(name).length, 3);
});

test('a draft to which somebody has added a line on GitHub is still ours', async (t) => {
  const place = await aPlace(t);
  const wanted = draftOf(place);
  const { id } = await place.releases.ensureDraft(name, wanted);
  const body = `${place.stand.releases(name)[0]?.body}\n\nThanks to all!`;
  const headers = { authorization: 'token ghp_x' };
  await fetch(`${place.stand.url}/repos/${name}/releases/${id}`, { method: 'PATCH', headers, body: JSON.stringify({ body }) });
  t.like(await place.releases.findRelease(name, wanted.tag, wanted.marker), {
    state: 'draft',
    release: { id, body: `${wanted.body}\n\nThanks to all!` },
  });
});

test('notes longer than GitHub takes are cut', async (t) => {
  const place = await aPlace(t);
  await place.releases.ensureDraft(name, { ...draftOf(place), body: 'x'.repeat(200_000) });
  const { body } = place.stand.releases(name)[0] ?? {};
  t.true((body?.length ?? 0) < 125_000);
  t.regex(body ?? '', /x\n\n…\n\n<!-- coxswain-run: \w+ -->$/);
});

test('a branch-like tag name is asked for whole', async (t) => {
  const place = await aPlace(t);
  place.git('tag', 'release/v1', place.shas[0] ?? '');
  t.is(await place.releases.tagSha(name, 'release/v1'), place.shas[0]);
  t.is(await place.releases.tagSha(name, 'release'), undefined);
});

test('all tags of a prefix are told, with or without a release, over all pages', async (t) => {
  const place = await aPlace(t);
  const many = Array.from({ length: 120 }, (_, index) => `v1.0.${index}`);
  for (const tag of [...many, 'app-v1.0.0', 'w1.0.0']) place.git('tag', tag, place.shas[0] ?? '');
  t.deepEqual([...(await place.releases.tags(name, 'v'))].sort(), [...many].sort());
  t.deepEqual(await place.releases.tags(name, 'app-v'), ['app-v1.0.0']);
  t.is((await place.releases.tags(name, '')).length, 122);
  t.deepEqual(await place.releases.tags(name, 'x'), []);
});
