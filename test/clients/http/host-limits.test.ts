import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { octokitFor } from '../../../src/clients/github/octokit.ts';
import { HostLimits, waitIn } from '../../../src/clients/http/host-limits.ts';
import { httpClient } from '../../../src/clients/http/http-client.ts';
import { HttpError } from '../../../src/clients/http/http-error.ts';

const date = 'Fri, 02 Jan 2026 03:04:05 GMT';

test('a wait is read in seconds and as a date, against the clock of the server, and is an hour at most', (t) => {
  t.is(waitIn({ retryAfter: '120' }), 120_000);
  t.is(waitIn({ retryAfter: '5, 5' }), 5_000);
  t.is(waitIn({ retryAfter: 'Fri, 02 Jan 2026 03:05:05 GMT', date }), 60_000);
  t.is(waitIn({ retryAfter: 'Fri, 02 Jan 2026 03:00:00 GMT', date }), 0);
  t.is(waitIn({ retryAfter: '999999999' }), 3_600_000);
  t.is(waitIn({ retryAfter: 'Fri, 02 Jan 2099 00:00:00 GMT', date }), 3_600_000);
  t.is(waitIn({ reset: String(Date.parse(date) / 1_000 + 90), date }), 90_000);
  for (const retryAfter of ['', 'soon', '-5', '1e9', 'Infinity', '99999999999999'])
    t.is(waitIn({ retryAfter, date }), undefined, retryAfter);
});

test('one host waits and no other', (t) => {
  const limits = new HostLimits();
  limits.hold('a.example', 60_000);
  limits.hold('a.example', 1_000);
  t.true(limits.left('a.example') > 59_000);
  t.is(limits.left('b.example'), 0);
  const error = t.throws(() => limits.demand('a.example'), { instanceOf: HttpError, message: 'a.example has asked to wait for 60 s' });
  t.true(Math.abs((error?.retryAt?.getTime() ?? 0) - Date.now() - 60_000) < 1_000);
});

/** A server that answers each request in the same way, and counts them. */
async function answering(t: ExecutionContext, answer: (response: ServerResponse) => void) {
  let asked = 0;
  const server = createServer((_, response) => {
    asked += 1;
    answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked: () => asked };
}

for (const retryAfter of ['60', new Date(Date.now() + 60_000).toUTCString()]) {
  test(`asked to wait by "${retryAfter.slice(0, 3)}", no client asks that host again, GitHub's among them`, async (t) => {
    const { url, asked } = await answering(t, (response) => response.writeHead(429, { 'retry-after': retryAfter }).end());
    const [one, other] = [httpClient(), httpClient()];
    const answer = await one.request(url);
    t.true((answer.retryAt?.getTime() ?? 0) > Date.now() + 55_000);
    const refused = await t.throwsAsync(other.request(`${url}/else`), { instanceOf: HttpError, message: /has asked to wait for \d+ s/ });
    t.true((refused as HttpError).retryAt instanceof Date);
    const octokit = octokitFor({ token: 't', baseUrl: url, log: { info() {}, warn() {}, error() {} }, retryMs: 1 });
    await t.throwsAsync(octokit.rest.repos.get({ owner: 'a', repo: 'b' }));
    t.is(asked(), 1);
    await Promise.all([one.close(), other.close()]);
  });
}

test('what GitHub says of its limit holds for whoever else asks there', async (t) => {
  const reset = String(Math.ceil(Date.now() / 1_000) + 50);
  const { url, asked } = await answering(t, (response) =>
    response
      .writeHead(403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset, 'content-type': 'application/json' })
      .end('{"message":"no"}'),
  );
  const octokit = octokitFor({ token: 't', baseUrl: url, log: { info() {}, warn() {}, error() {} }, retryMs: 1 });
  await t.throwsAsync(octokit.rest.repos.get({ owner: 'a', repo: 'b' }));
  const http = httpClient();
  await t.throwsAsync(http.request(url), { instanceOf: HttpError });
  t.is(asked(), 1);
  await http.close();
});
