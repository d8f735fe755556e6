import test, { type ExecutionContext } from 'ava';
import { octokitFor } from '../../../src/clients/github/octokit.ts';
import { pagesOf } from '../../../src/clients/github/pages.ts';
import { HalfAnswer } from '../../../src/clients/http/half-answer.ts';
import { isForGood } from '../../../src/core/errors.ts';
import { json, type Loopback, loopback } from '../../fixtures/loopback.ts';
import { everyCall } from './_calls.ts';
import { quiet } from './_github.ts';

const at = { owner: 'ada', repo: 'scheduler' };
const apiOf = ({ url }: Loopback, over: object = {}) =>
  octokitFor({ token: 'ghp_x', baseUrl: url, log: quiet, paced: false, retryMs: 1, ...over });

const page = '<!DOCTYPE html><html><body><form>Sign in</form></body></html>';
const broken: Readonly<Record<string, readonly [status: number, type: string, body: string]>> = {
  'an empty body': [200, 'application/json', ''],
  'a body that was cut off': [200, 'application/json; charset=utf-8', '{"id": 1, "tag_na'],
  'a list that was cut off': [200, 'application/json; charset=utf-8', '[{"id": 1'],
  'a web page': [200, 'text/html', page],
  'a web page that is called JSON': [200, 'application/json', page],
  'a page of Azure': [203, 'text/html', page],
  null: [200, 'application/json', 'null'],
  'a text': [200, 'application/json', '"ok"'],
  'an empty object': [200, 'application/json', '{}'],
  'a list of null': [200, 'application/json', '[null]'],
  'an error in place of data': [200, 'application/json', '{"message": "Bad Gateway", "status": "502"}'],
  'an answer without a type': [200, '', '{"id": 1}'],
  'a type that is none': [200, ';;;', '{}'],
  'an answer that is still being made': [202, 'application/json', '{}'],
  'a success of another kind': [206, 'application/json', '{}'],
  'nothing has changed': [304, 'application/json', ''],
  'a redirect without a place': [301, 'application/json', '{}'],
};

for (const [what, [status, type, body]] of Object.entries(broken)) {
  test(`no method takes it for data, and it is no answer for good: ${what}`, async (t) => {
    const server = await loopback(t, (_, response) => {
      response.writeHead(status, type ? { 'content-type': type } : {}).end(body);
    });
    for (const { name, send } of everyCall) {
      const error = await t.throwsAsync(send(apiOf(server), server.url), undefined, name);
      t.true(error instanceof HalfAnswer, `${name}: ${error}`);
      t.false(isForGood(error), name);
      t.regex(error?.message ?? '', /^127\.0\.0\.1:\d+ sent half an answer about \/\S+: (it|its|")/, name);
      t.notRegex(error?.message ?? '', /<|Cannot read/, name);
    }
  });
}

test('an answer whose end is missing is no data', async (t) => {
  const server = await loopback(t, (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' }).write('{"id": 1');
    setTimeout(() => response.destroy(), 5);
  });
  for (const { name, send } of everyCall) {
    t.false(isForGood(await t.throwsAsync(send(apiOf(server), server.url), undefined, name)), name);
  }
});

test('what is only read is asked for again after half an answer, and what changes something is not', async (t) => {
  const server = await loopback(t, (_, response) => json(response, 200, {}));
  for (const { name, isRead, send } of everyCall) {
    const before = server.requests.length;
    await t.throwsAsync(send(apiOf(server), server.url), undefined, name);
    t.is(server.requests.length - before, isRead ? 3 : 1, name);
  }
  let times = 0;
  const mended = await loopback(t, (_, response) =>
    ++times < 3 ? response.end('{"fu') : json(response, 200, { full_name: 'a/b', private: true }),
  );
  t.deepEqual((await apiOf(mended).rest.repos.get(at)).data, { full_name: 'a/b', private: true });
});

test('a token of the App that was cut off is none', async (t) => {
  const { generateKeyPairSync } = await import('node:crypto');
  const privateKey = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  for (const body of ['', '{"token": "ghs_', '{"token": ""}', '[]']) {
    const server = await loopback(t, (_, response) => response.writeHead(201, { 'content-type': 'application/json' }).end(body));
    const api = octokitFor({
      app: { appId: '7', privateKey, installationId: '42' },
      baseUrl: server.url,
      log: quiet,
      paced: false,
      retryMs: 1,
    });
    t.true((await t.throwsAsync(api.auth({ type: 'installation' }))) instanceof HalfAnswer, body);
    t.true((await t.throwsAsync(api.rest.repos.get(at))) instanceof HalfAnswer, body);
  }
});

const release = (id: number) => ({
  id,
  tag_name: `v${id}`,
  target_commitish: 'main',
  html_url: 'http://x/',
  upload_url: 'http://x/',
  draft: false,
  prerelease: false,
});

const listed = async (t: ExecutionContext, answer: (page: number) => { status?: number; items: readonly object[]; link?: string }) => {
  const server = await loopback(t, (request, response) => {
    const { status = 200, items, link } = answer(Number(new URL(request.url ?? '', 'http://x').searchParams.get('page') ?? 1));
    json(response, status, items, link ? { link } : {});
  });
  return { server, all: () => pagesOf(apiOf(server).rest.repos.listReleases, { ...at, per_page: 100 }) };
};
const full = (from: number) => Array.from({ length: 100 }, (_, index) => release(from + index));

test('all pages of a list are read, whatever the link to the next one says, and nobody else is asked', async (t) => {
  const elsewhere = await loopback(t, (_, response) => json(response, 200, [release(999)]));
  for (const link of [undefined, 'broken', '<>; rel="next"', `<${elsewhere.url}/?page=2>; rel="next"`]) {
    const { all } = await listed(t, (page) => ({ items: page === 1 ? full(1) : [release(101)], ...(page === 1 && link && { link }) }));
    t.deepEqual(
      (await all()).map(({ id }) => id),
      Array.from({ length: 101 }, (_, index) => index + 1),
      link,
    );
  }
  t.deepEqual(elsewhere.requests, []);
});

test('a page with fewer items than fit is followed by the next where GitHub says so', async (t) => {
  const { all } = await listed(t, (page) => ({ items: [release(page)], ...(page < 3 && { link: '<http://x/>; rel="next"' }) }));
  t.is((await all()).length, 3);
});

test('a list is nothing at all if one page of it fails, is half, or is refused by a conflict', async (t) => {
  const second = (status: number, items: unknown) =>
    listed(t, (page) => (page === 1 ? { items: full(1) } : { status, items: items as object[] }));
  for (const { all } of [await second(409, { message: 'Conflict' }), await second(200, {}), await second(500, {})])
    await t.throwsAsync(all());
});

test('redirects are followed on the host that is configured, and to no other', async (t) => {
  const evil = await loopback(t, (_, response) => json(response, 200, { full_name: 'evil/x', private: false }));
  const renamed = await loopback(t, (request, response, body) => {
    const { url = '' } = request;
    if (url.startsWith('/repositories/7'))
      return json(response, request.method === 'GET' ? 200 : 201, { full_name: 'ada/new', private: false, state: body, context: '' });
    json(
      response,
      request.method === 'GET' ? 301 : 307,
      { message: 'Moved Permanently' },
      { location: url.replace('/repos/ada/scheduler', '/repositories/7') },
    );
  });
  t.is((await apiOf(renamed).rest.repos.get(at)).data.full_name, 'ada/new');
  const status = { ...at, sha: 'a', state: 'success', context: 'x' } as const;
  t.is((await apiOf(renamed).rest.repos.createCommitStatus(status)).data.state, '{"state":"success","context":"x"}');
  const leading = await loopback(t, (_, response) => response.writeHead(302, { location: `${evil.url}/login` }).end());
  const error = await t.throwsAsync(apiOf(leading).rest.repos.get(at), {
    message: /redirected to 127\.0\.0\.1:\d+ instead of returning an answer of GitHub/,
  });
  t.false(isForGood(error));
  const loop = await loopback(t, (_, response) => response.writeHead(302, { location: '/repositories/8' }).end());
  t.true((await t.throwsAsync(apiOf(loop).rest.repos.get(at))) instanceof HalfAnswer);
  t.deepEqual(evil.requests, []);
});
