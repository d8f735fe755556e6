import { generateKeyPairSync } from 'node:crypto';
import { mock } from 'node:test';
import test, { type ExecutionContext } from 'ava';
import { githubClient } from '../../../src/clients/github/github-client.ts';
import { GithubError } from '../../../src/clients/github/github-error.ts';
import { appTokens, githubFor } from '../../../src/clients/github/login.ts';
import { direct } from '../../../src/clients/http/http-client.ts';
import { UserError } from '../../../src/core/errors.ts';
import { json, loopback } from '../../fixtures/loopback.ts';
import { aPlace, name } from './_github.ts';

const quiet = { info() {}, warn() {}, error() {} };
const sha = 'a'.repeat(40);
const status = { state: 'success', context: 'coxswain/lab', description: 'sample-1 passed' } as const;

type Answer = { readonly status: number; readonly body: unknown; readonly headers?: Record<string, string> };

/** A GitHub that answers each request by one function, and remembers what it was asked. */
async function world(t: ExecutionContext, answer: (call: string, body: string) => Answer | undefined, timeoutMs = 20_000) {
  const calls: string[] = [];
  const bodies: unknown[] = [];
  const tokens = new Set<string | undefined>();
  const server = await loopback(t, (request, response, body) => {
    const call = `${request.method} ${request.url?.replace(/\?.*/, '')}`;
    calls.push(call);
    tokens.add(request.headers.authorization);
    if (body) bodies.push(JSON.parse(body));
    const found = answer(call, body);
    if (found) json(response, found.status, found.body, found.headers);
  });
  const github = githubClient({ token: 'ghp_x', baseUrl: `${server.url}/api/v3/`, log: quiet, retryMs: 5, timeoutMs });
  return { github, calls, bodies, tokens, host: server.host };
}

test('a commit comes with author, date, subject and page', async (t) => {
  const { github, calls, tokens } = await world(t, () => ({
    status: 200,
    body: {
      sha,
      author: { name: 'Ada\u0007', email: 'ada@example.com', date: '2026-02-03T04:05:06Z' },
      message: 'Mend it\u001b[31m\n\nbecause',
      html_url: 'https://github.com/leaf-ai/x/commit/aaa',
    },
  }));
  t.deepEqual(await github.commit('leaf-ai/x', sha), {
    sha,
    subject: 'Mend it [31m',
    author: { name: 'Ada', email: 'ada@example.com' },
    date: '2026-02-03T04:05:06Z',
    url: 'https://github.com/leaf-ai/x/commit/aaa',
  });
  t.deepEqual(calls, [`GET /api/v3/repos/leaf-ai/x/git/commits/${sha}`]);
  t.deepEqual([...tokens], ['token ghp_x']);
});

test('a status is set once, however often it is told', async (t) => {
  const statuses: object[] = [];
  const { github, calls } = await world(t, (call, body) => {
    if (call.startsWith('GET')) return { status: 200, body: { statuses } };
    statuses.unshift(JSON.parse(body));
    return { status: 201, body: statuses[0] };
  });
  await github.setStatus('leaf-ai/x', sha, { ...status, state: 'pending' });
  await github.setStatus('leaf-ai/x', sha, status);
  await github.setStatus('leaf-ai/x', sha, status);
  t.deepEqual(statuses, [
    { state: 'success', context: 'coxswain/lab', description: 'sample-1 passed' },
    { state: 'pending', context: 'coxswain/lab', description: 'sample-1 passed' },
  ]);
  t.deepEqual(
    calls.filter((call) => call.startsWith('POST')),
    Array(2).fill(`POST /api/v3/repos/leaf-ai/x/statuses/${sha}`),
  );
});

test('a description that is too long for GitHub is cut', async (t) => {
  const { github, bodies } = await world(t, () => ({ status: 200, body: { ...status, statuses: [] } }));
  await github.setStatus('leaf-ai/x', sha, { ...status, description: 'ü'.repeat(200) });
  t.deepEqual(bodies, [{ state: 'success', context: 'coxswain/lab', description: `${'ü'.repeat(139)}…` }]);
});

const refused = test.macro(async (t, code: number, message: string, words: RegExp) => {
  const { github, calls } = await world(t, () => ({ status: code, body: { message } }));
  await t.throwsAsync(github.setStatus('leaf-ai/x', sha, status), { instanceOf: UserError, message: words });
  t.is(calls.length, 1, 'it is not tried again');
});
test(
  '401 says what to do',
  refused,
  401,
  'Bad credentials',
  /refuses the status of aaaaaaa in leaf-ai\/x \(401 Bad credentials\): GITHUB_TOKEN is invalid/,
);
test('403 says what to do', refused, 403, 'Resource not accessible by personal access token', /Commit statuses: write/);
test('404 says what to do', refused, 404, 'Not Found', /Check `github:` \(owner\/name\)/);
test('422 says what to do', refused, 422, 'No commit found for SHA', /Has the commit been pushed/);

test('an error of the server is tried again, and said when it stays', async (t) => {
  let times = 0;
  const { github, calls } = await world(t, () =>
    ++times < 3 ? { status: 502, body: {} } : { status: 200, body: { full_name: 'leaf-ai/x', private: true } },
  );
  t.is((await github.check('leaf-ai/x')).name, 'leaf-ai/x');
  t.is(calls.length, 3);
  const down = await world(t, () => ({ status: 503, body: { message: 'Unicorn' } }));
  await t.throwsAsync(down.github.check('leaf-ai/x'), {
    instanceOf: GithubError,
    message: `${down.host} answers 503 for the repository leaf-ai/x: Unicorn`,
  });
});

test('a status whose answer was lost is looked for before it is set again, and reads are repeated as before', async (t) => {
  let failing = 0;
  const statuses: object[] = [];
  const { github, calls } = await world(t, (call, body) => {
    if (failing-- > 0) return { status: 502, body: { message: 'Bad Gateway' } };
    if (call.startsWith('GET')) return { status: 200, body: call.endsWith('/status') ? { statuses } : { full_name: name, private: true } };
    statuses.push(JSON.parse(body));
    return { status: 502, body: { message: 'Bad Gateway' } };
  });
  await github.setStatus('leaf-ai/x', sha, status);
  t.is(calls.filter((call) => call.startsWith('POST')).length, 1);
  failing = 2;
  t.is((await github.check('leaf-ai/x')).name, name);
  t.deepEqual(
    calls.map((call) => call.split(' ')[0]),
    ['GET', 'POST', 'GET', 'GET', 'GET', 'GET'],
  );
});

test('a server that does not answer is left in time', async (t) => {
  const { github, calls, host } = await world(t, () => undefined, 800);
  await t.throwsAsync(github.check('leaf-ai/x'), {
    instanceOf: GithubError,
    message: new RegExp(`^${host} gave no answer about the repository`),
  });
  t.is(calls.length, 3);
});

test('a rate limit that lasts is no fault of the token', async (t) => {
  const reset = String(Math.floor(Date.now() / 1_000) + 3_000);
  const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset };
  const { github } = await world(t, () => ({ status: 403, body: { message: 'API rate limit exceeded' }, headers }));
  await t.throwsAsync(github.check('leaf-ai/x'), { instanceOf: GithubError, message: /has reached its rate limit \(until 20/ });
});

test('check tells rights and scopes', async (t) => {
  const { github } = await world(t, () => ({
    status: 200,
    body: { full_name: 'leaf-ai/y', private: false, permissions: { push: true } },
    headers: { 'x-oauth-scopes': 'repo:status, read:org', 'x-ratelimit-remaining': '4999' },
  }));
  t.deepEqual(await github.check('leaf-ai/x'), {
    name: 'leaf-ai/y',
    private: false,
    canPush: true,
    scopes: ['repo:status', 'read:org'],
    requestsLeft: 4999,
  });
});

test('what is no owner/name is refused before anything is asked', async (t) => {
  const { github, calls } = await world(t, () => ({ status: 200, body: {} }));
  for (const name of ['x', 'a/b/c', 'a/../b', 'a/..', 'a b/c', 'https://github.com/a/b'])
    await t.throwsAsync(github.check(name), { instanceOf: UserError, message: /write owner\/name/ });
  t.deepEqual(calls, []);
});

const githubAppKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const minuteMs = 60_000;

test.serial('a token of the App is kept, and renewed well before its hour is over, whatever clock is set or stops', async (t) => {
  const { stand } = await aPlace(t);
  const ground = { secrets: { githubAppKey }, settings: { githubApiUrl: stand.url, githubApp: { appId: '7', installationId: '42' } } };
  const token = appTokens({ ...ground, log: quiet, web: direct });
  const github = githubFor({ ...ground, log: quiet, web: direct });
  const made = () => stand.requests().filter((one) => one.endsWith('/access_tokens')).length;
  const both = async () => [await token?.(), (await github?.check(name)) && made()];
  const [first] = await both();
  t.is(made(), 2, 'one for git, one for the API');
  const clocks = { monotonic: performance.now.bind(performance), day: Date.now };
  t.teardown(() => mock.reset());
  const monotonic = mock.method(performance, 'now', () => clocks.monotonic() + 49 * minuteMs);
  t.is((await both())[0], first);
  t.is(made(), 2);
  // The time of day stands where it was, as after it was set back.
  monotonic.mock.mockImplementation(() => clocks.monotonic() + 51 * minuteMs);
  const [second] = await both();
  t.not(second, first);
  t.is(made(), 4);
  t.is((await both())[0], second);
  // As after a sleep of the machine.
  mock.method(Date, 'now', () => clocks.day() + 51 * minuteMs);
  t.not(await token?.(), second);
});
