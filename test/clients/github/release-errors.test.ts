import type { FaultyAnswer } from '@coxswain/sandbox';
import test from 'ava';
import { githubClient } from '../../../src/clients/github/github-client.ts';
import { GithubError } from '../../../src/clients/github/github-error.ts';
import { HalfAnswer } from '../../../src/clients/http/half-answer.ts';
import { isForGood, UserError } from '../../../src/core/errors.ts';
import { aPlace, assetOf, draftOf, name, type Place } from './_github.ts';

const creation = `POST /repos/${name}/releases`;
const refusal = (...errors: object[]): FaultyAnswer => ({ status: 422, body: { message: 'Validation Failed', errors } });

const refuses = test.macro(async (t, answer: FaultyAnswer, words: RegExp) => {
  const place = await aPlace(t);
  place.stand.faults.failNext(creation, answer);
  await t.throwsAsync(place.releases.ensureDraft(name, draftOf(place)), { instanceOf: UserError, message: words });
  t.is(place.stand.requests().filter((one) => one === creation).length, 1, 'it is not tried again');
  t.deepEqual(place.stand.releases(name), []);
});

test(
  '401 says what to do',
  refuses,
  { status: 401, body: { message: 'Bad credentials' } },
  /refuses the release v1\.2\.0 of ada\/scheduler \(401 Bad credentials\): GITHUB_TOKEN is invalid/,
);
test(
  '403 says which right is missing',
  refuses,
  { status: 403, body: { message: 'Resource not accessible by integration' } },
  /"Contents: write"/,
);
test('404 says where to look', refuses, { status: 404, body: { message: 'Not Found' } }, /Check `github:` \(owner\/name\)/);
test(
  'a tag that is released says so',
  refuses,
  refusal({ resource: 'Release', code: 'already_exists', field: 'tag_name' }),
  /this tag is already released\. Bump the version/,
);
test(
  'a name that is no tag says so',
  refuses,
  refusal({ resource: 'Release', code: 'custom', field: 'tag_name', message: 'tag_name is not a valid tag' }),
  /Change the version/,
);
test(
  'a commit that GitHub has not says so',
  refuses,
  refusal({ resource: 'Release', code: 'invalid', field: 'target_commitish' }),
  /Push it to this repository/,
);
test(
  'a tag that a rule forbids says so',
  refuses,
  refusal({ resource: 'Release', code: 'custom', field: 'pre_receive', message: 'pre_receive Repository rule violations found' }),
  /a rule of the repository forbids this tag/,
);
test(
  'a tag of an immutable release says so',
  refuses,
  refusal({ resource: 'Release', code: 'custom', field: 'tag_name', message: 'tag_name was used by an immutable release' }),
  /Bump the version/,
);
test(
  'any other refusal is shown in GitHub’s words',
  refuses,
  refusal({ resource: 'Release', code: 'custom', field: 'body', message: 'body is too long' }),
  /422 Validation Failed; body is too long\): it does not accept this/,
);

test(
  'a ruleset that is named only in the message is known',
  refuses,
  { status: 422, body: { message: 'Repository rule violations found\n\nCannot create ref due to creations being restricted.\n\n' } },
  /\(422 Repository rule violations found Cannot create ref .*\): a rule of the repository forbids this tag\. Ask a maintainer to allow it/,
);
test(
  'single sign-on says where it is approved',
  refuses,
  {
    status: 403,
    body: {
      message:
        'Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization.',
    },
    headers: { 'x-github-sso': 'required; url=https://github.com/orgs/acme/sso?authorization_request=AZSCKtL4U8yX1H3sCQ' },
  },
  /Approve it at https:\/\/github\.com\/orgs\/acme\/sso\?authorization_request=AZSCKtL4U8yX1H3sCQ , then try again\.$/,
);
test(
  'an archived repository says so',
  refuses,
  { status: 403, body: { message: 'Repository was archived so is read-only.' } },
  /the repository is archived\. Unarchive it \(Settings → General → Danger Zone\)/,
);

test('however much GitHub says, the remedy is not what is cut off', async (t) => {
  const place = await aPlace(t);
  const message = 'Repository rule violations found '.repeat(30);
  for (const status of [403, 404, 422, 409]) {
    place.stand.faults.failNext(creation, { status, body: { message, errors: [{ message: 'x '.repeat(400) }] } });
    const { message: said } = (await t.throwsAsync(place.releases.ensureDraft(name, draftOf(place)))) ?? { message: '' };
    t.true(said.length <= 400 && said.includes('…): '), said);
  }
});

test('a page of a proxy is shown by its words', async (t) => {
  const place = await aPlace(t);
  place.stand.faults.loseNext(creation, 'gateway');
  await t.throwsAsync(place.releases.ensureDraft(name, draftOf(place)), {
    message: /answers 502 for the release v1\.2\.0 of ada\/scheduler: 502 Bad Gateway$/,
  });
});

const passes = test.macro(async (t, answer: FaultyAnswer, words: RegExp, retry: boolean) => {
  const place = await aPlace(t);
  place.stand.faults.failNext(creation, answer);
  const error = await t.throwsAsync(place.releases.ensureDraft(name, draftOf(place)), { instanceOf: GithubError, message: words });
  t.is(error instanceof GithubError && error.retry, retry);
  t.deepEqual(place.stand.releases(name), []);
  await place.releases.ensureDraft(name, draftOf(place));
  t.is(place.stand.releases(name).length, 1);
});

test(
  '409 can be tried again',
  passes,
  { status: 409, body: { message: 'Conflict' } },
  /answers 409 for the release v1\.2\.0 of ada\/scheduler: Conflict/,
  true,
);
test('500 can be tried again', passes, { status: 500, body: { message: 'Server Error' } }, /answers 500/, true);
test('502 with a page instead of JSON can be tried again', passes, { status: 502, body: '<html>Unicorn</html>' }, /answers 502/, true);
test('451 is not tried again', passes, { status: 451, body: { message: 'Repository access blocked' } }, /answers 451/, false);

test('a rate limit says until when, and is no fault of the token', async (t) => {
  const place = await aPlace(t);
  place.stand.faults.rateLimitNext(creation, 900);
  const error = await t.throwsAsync(place.releases.ensureDraft(name, draftOf(place)), {
    instanceOf: GithubError,
    message: /has reached its rate limit \(until 20/,
  });
  const wait = (error instanceof GithubError ? (error.retryAt?.getTime() ?? 0) : 0) - Date.now();
  t.true(wait > 800_000 && wait <= 900_000, `${wait} ms`);
  place.stand.faults.secondaryLimitNext(creation, 60);
  const second = await t.throwsAsync(place.releases.ensureDraft(name, draftOf(place)), { instanceOf: GithubError });
  t.true(second instanceof GithubError && second.retry && second.retryAt !== undefined);
});

test('a tag at another commit stops the draft before it is made, and the publishing', async (t) => {
  const place = await aPlace(t);
  const draft = draftOf(place);
  const { id } = await place.releases.ensureDraft(name, draft);
  place.git('tag', 'v1.2.0', place.shas[0] ?? '');
  const words = new RegExp(
    `^The tag v1\\.2\\.0 of ada/scheduler is at another commit: ${place.shas[0]?.slice(0, 7)}, not ${draft.target.slice(0, 7)}\\. Bump`,
  );
  await t.throwsAsync(place.releases.publish(name, id, { wanted: draftOf(place), makeLatest: true }), {
    instanceOf: UserError,
    message: words,
  });
  await t.throwsAsync(place.releases.ensureDraft(name, { ...draft, marker: 'other' }), { instanceOf: UserError, message: words });
  t.deepEqual(
    place.stand.releases(name).map((one) => one.draft),
    [true],
  );
});

test('an annotated tag at the right commit is no obstacle', async (t) => {
  const place = await aPlace(t);
  place.git('-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', 'tag', '-a', '-m', 'one', 'v1.2.0', place.shas.at(-1) ?? '');
  t.is(await place.releases.tagSha(name, 'v1.2.0'), place.shas.at(-1));
  const { id } = await place.releases.ensureDraft(name, draftOf(place));
  t.false((await place.releases.publish(name, id, { wanted: draftOf(place), makeLatest: true })).draft);
});

test('what another run or person has released is said, with its page', async (t) => {
  const place = await aPlace(t);
  const { id } = await place.releases.ensureDraft(name, draftOf(place));
  const { url } = await place.releases.publish(name, id, { wanted: draftOf(place), makeLatest: true });
  await t.throwsAsync(place.releases.ensureDraft(name, draftOf(place, { marker: 'another' })), {
    instanceOf: UserError,
    message: `ada/scheduler v1.2.0 is already released: ${url} . Bump the version and release again.`,
  });
});

test('a release that another one publishes at the same moment is said too', async (t) => {
  const place = await aPlace(t);
  const [ours, theirs] = [
    await place.releases.ensureDraft(name, draftOf(place)),
    await place.releases.ensureDraft(name, draftOf(place, { marker: 'another' })),
  ];
  await place.releases.publish(name, theirs.id, { wanted: draftOf(place, { marker: 'another' }), makeLatest: true });
  await t.throwsAsync(place.releases.publish(name, ours.id, { wanted: draftOf(place), makeLatest: true }), {
    instanceOf: UserError,
    message: /already released\. Bump the version/,
  });
});

test('a draft that somebody has removed asks for a new start', async (t) => {
  const place = await aPlace(t);
  const { id } = await place.releases.ensureDraft(name, draftOf(place));
  const removed = await fetch(`${place.stand.url}/repos/${name}/releases/${id}`, {
    method: 'DELETE',
    headers: { authorization: 'token ghp_x' },
  });
  t.is(removed.status, 204);
  for (const asked of [
    place.releases.publish(name, id, { wanted: draftOf(place), makeLatest: true }),
    place.releases.ensureAsset(name, id, assetOf('a', Buffer.from('x'))),
  ]) {
    const error = await t.throwsAsync(asked, { instanceOf: GithubError, message: /release 1 of ada\/scheduler is gone/ });
    t.true(error instanceof GithubError && error.retry);
  }
});

test('a GitHub App signs in by itself, and says so where it cannot', async (t) => {
  const { generateKeyPairSync } = await import('node:crypto');
  const place = await aPlace(t);
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2_048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const app = { appId: '7', privateKey: privateKey.replaceAll('\n', '\\n'), installationId: '42' };
  const log = { info() {}, warn() {}, error() {} };
  const github = githubClient({ app, baseUrl: place.stand.url, log, paced: false, retryMs: 1 });
  t.is((await github.check(name)).name, name);
  await github.releases.ensureDraft(name, draftOf(place));
  t.is(place.stand.requests().filter((one) => one === 'POST /app/installations/42/access_tokens').length, 1);
  const stranger = (answer: FaultyAnswer) => {
    place.stand.faults.failNext('POST /app/installations/43/access_tokens', answer);
    return githubClient({ app: { ...app, installationId: '43' }, baseUrl: place.stand.url, log, paced: false, retryMs: 1 }).check(name);
  };
  await t.throwsAsync(stranger({ status: 404, body: { message: 'Not Found' } }), {
    instanceOf: UserError,
    message: /the GitHub App is not installed there\. Install it .*GITHUB_APP_INSTALLATION_ID/,
  });
  await t.throwsAsync(stranger({ status: 403, body: { message: 'This installation has been suspended' } }), {
    instanceOf: UserError,
    message: /the installation of the GitHub App is suspended\. Unsuspend it/,
  });
  place.stand.faults.failNext(/^GET/, { status: 404, body: { message: 'Not Found' } });
  await t.throwsAsync(github.check(name), { instanceOf: UserError, message: /the GitHub App is not installed for it/ });
});

test('only a 404 of GitHub itself says that there is none, not one of a gateway in front of it', async (t) => {
  const page = '<html><body>404 page not found</body></html>';
  const asks: Readonly<Record<string, (place: Place) => Promise<unknown>>> = {
    tags: (place) => place.releases.tagSha(name, 'v1.2.0'),
    latest: (place) => place.releases.latestRelease(name),
    find: (place) => place.releases.findRelease(name, 'v1.2.0', '0123456789abcdef0123'),
  };
  for (const [what, ask] of Object.entries(asks))
    for (const body of [page, '', 'Not Found', [], {}, { error: 'no route' }]) {
      const place = await aPlace(t);
      place.stand.faults.failNext(/^GET/, { status: 404, body }, 3);
      const error = await t.throwsAsync(ask(place), { instanceOf: HalfAnswer }, `${what} ${JSON.stringify(body)}`);
      t.regex(error?.message ?? '', /^127\.0\.0\.1:\d+ sent half an answer about \/\S+: its status is 404, but not in the words of GitHub/);
      t.false(isForGood(error));
    }
});
