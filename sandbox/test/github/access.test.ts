import test from 'ava';
import type { Loss } from '../../src/github/faults.ts';
import { aStand, repo } from './_stand.ts';

test('without the token nothing is answered, with a wrong one neither', async (t) => {
  const { ask } = await aStand(t);
  t.like(await ask(`GET ${repo}`, undefined, {}), { status: 401, json: { message: 'Requires authentication' } });
  t.like(await ask(`GET ${repo}`, undefined, { authorization: 'token no' }), { status: 401, json: { message: 'Bad credentials' } });
  t.like(await ask(`GET ${repo}`, undefined, { authorization: 'Bearer ghp_x' }), { status: 200, json: { full_name: 'ada/scheduler' } });
  t.like(await ask('GET /repos/ada/other'), { status: 404, json: { message: 'Not Found' } });
  t.is((await ask('GET /repos/Ada/Scheduler')).status, 200, 'names are compared without case');
});

test('web pages have no business at the API, and browsers may read the pages', async (t) => {
  const { ask, page } = await aStand(t);
  const refused = await ask(`GET ${repo}`, undefined, { authorization: 'token ghp_x', origin: 'http://evil.example' });
  t.is(refused.status, 403);
  t.is((await page('ada/scheduler/releases', { 'sec-fetch-site': 'cross-site' })).status, 200);
});

const jwt = (head: object, claims: object, signature = 'c2ln') =>
  `Bearer ${[head, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.${signature}`;

test('an App gets a token for its installation, which is good for the API', async (t) => {
  const { ask } = await aStand(t);
  const now = Math.floor(Date.now() / 1_000);
  const good = jwt({ alg: 'RS256', typ: 'JWT' }, { iss: '7', iat: now - 30, exp: now + 500 });
  const { status, json } = await ask('POST /app/installations/42/access_tokens', undefined, { authorization: good });
  t.is(status, 201);
  t.regex(json.token, /^ghs_/);
  t.true(Date.parse(json.expires_at) > Date.now());
  t.is((await ask(`GET ${repo}`, undefined, { authorization: `token ${json.token}` })).status, 200);
  const bad = [
    jwt({ alg: 'none' }, { iss: '7', iat: now, exp: now + 500 }),
    jwt({ alg: 'RS256' }, { iat: now, exp: now + 500 }),
    jwt({ alg: 'RS256' }, { iss: '7', iat: now, exp: now - 1 }),
    jwt({ alg: 'RS256' }, { iss: '7', iat: now, exp: now + 5_000 }),
    jwt({ alg: 'RS256' }, { iss: '7', iat: now + 500, exp: now + 600 }),
    'Bearer no.jwt',
    'token ghp_x',
  ];
  for (const authorization of bad)
    t.is((await ask('POST /app/installations/42/access_tokens', undefined, { authorization })).status, 401, authorization);
});

test('every answer says how many requests are left', async (t) => {
  const { ask } = await aStand(t);
  const left = async () => Number((await ask(`GET ${repo}`)).headers.get('x-ratelimit-remaining'));
  const first = await left();
  t.is(await left(), first - 1);
  const { headers } = await ask(`GET ${repo}`);
  t.is(headers.get('x-ratelimit-limit'), '5000');
  t.true(Number(headers.get('x-ratelimit-reset')) * 1_000 > Date.now());
});

test('faults come in their order, each once, to the requests that they fit', async (t) => {
  const { ask, stand } = await aStand(t);
  const { faults } = stand();
  faults.failNext(`GET ${repo}`, { status: 503, body: { message: 'Unicorn' } });
  faults.rateLimitNext(/GET/, 60);
  faults.secondaryLimitNext(/GET/, 7);
  t.like(await ask(`GET ${repo}`), { status: 503, json: { message: 'Unicorn' } });
  t.is((await ask(`GET ${repo}`)).headers.get('x-ratelimit-remaining'), '0');
  t.is((await ask(`GET ${repo}`)).headers.get('retry-after'), '7');
  t.is((await ask(`GET ${repo}`)).status, 200);
  faults.cutNext(/GET/, 'before');
  await t.throwsAsync(ask(`GET ${repo}`));
  faults.cutNext(/POST/, 'after');
  await t.throwsAsync(ask(`POST ${repo}/releases`, { tag_name: 'v1' }));
  t.is(stand().releases('ada/scheduler').length, 1, 'it was carried out');
  const arrived = faults.holdNext(/GET/);
  let answered = false;
  const asked = ask(`GET ${repo}`).finally(() => {
    answered = true;
  });
  const release = await arrived;
  t.false(answered);
  release();
  t.is((await asked).status, 200);
  t.is(stand().requests().at(-1), `GET ${repo}`);
});

test('an answer is lost in each way after the request was carried out', async (t) => {
  const { stand } = await aStand(t);
  const headers = { authorization: 'token ghp_x' };
  const creation = (how: Loss) => {
    stand().faults.loseNext(/POST/, how);
    return fetch(`${stand().url}${repo}/releases`, { method: 'POST', body: JSON.stringify({ tag_name: how, draft: true }), headers });
  };
  const gateway = await creation('gateway');
  t.deepEqual([gateway.status, (await gateway.text()).startsWith('<html>')], [502, true]);
  const empty = await creation('empty');
  t.deepEqual([empty.status, await empty.text()], [201, '']);
  await t.throwsAsync((await creation('short')).json(), { instanceOf: SyntaxError });
  await t.throwsAsync((await creation('broken')).text());
  t.is(stand().releases('ada/scheduler').length, 4);
});

test('an asset is called what a test says', async (t) => {
  const { ask, stand } = await aStand(t);
  const { json } = await ask(`POST ${repo}/releases`, { tag_name: 'v1', draft: true });
  stand().faults.nameAssets((usual) => `${usual}-1`);
  const to = String(json.upload_url).replace('{?name,label}', '?name=runner');
  await fetch(to, { method: 'POST', body: 'x', headers: { authorization: 'token ghp_x', 'content-type': 'text/plain' } });
  t.is(stand().releases('ada/scheduler')[0]?.assets[0]?.name, 'runner-1');
});

test('what is no JSON, or of the wrong kind, is refused', async (t) => {
  const { ask, stand } = await aStand(t);
  const headers = { authorization: 'token ghp_x' };
  const sent = (body: string) =>
    fetch(`${stand().url}${repo}/releases`, { method: 'POST', body, headers }).then(async (answer) => [
      answer.status,
      ((await answer.json()) as { message: string }).message,
    ]);
  t.deepEqual(await sent('{'), [400, 'Problems parsing JSON']);
  t.deepEqual(await sent('[]'), [400, 'Body should be a JSON object']);
  t.regex((await ask(`POST ${repo}/releases`, { tag_name: 7 })).json.message, /is not a string/);
  t.regex((await ask(`POST ${repo}/releases`, {})).json.message, /"tag_name" wasn't supplied/);
});

test('who listens hears of each change', async (t) => {
  const { ask, stand } = await aStand(t);
  let changes = 0;
  const stop = stand().onChange(() => changes++);
  await ask(`POST ${repo}/releases`, { tag_name: 'v1' });
  t.is(changes, 1);
  await ask(`GET ${repo}/releases`);
  stop();
  await ask(`POST ${repo}/releases`, { tag_name: 'v2' });
  t.is(changes, 1);
});
