import type { IncomingMessage, ServerResponse } from 'node:http';
import test, { type ExecutionContext } from 'ava';
import { httpClient } from '../../../src/clients/http/http-client.ts';
import { registryClient } from '../../../src/clients/registry/registry-client.ts';
import { json, loopback } from '../../fixtures/loopback.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A registry with tokens, which answers so when an upload is to be cancelled. */
const cancelling =
  (answer: Answer): Answer =>
  (request, response) => {
    const { url = '', method, headers } = request;
    if (url.startsWith('/token')) return json(response, 200, { token: 'abc', expires_in: 300 });
    if (!headers.authorization?.startsWith('Bearer '))
      return void response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${headers.host}/token"` }).end();
    if (url.endsWith('/tags/list')) return json(response, 404, { errors: [{ code: 'NAME_UNKNOWN' }] });
    if (method === 'POST') return void response.writeHead(202, { location: '/v2/team/app/blobs/uploads/1' }).end();
    answer(request, response);
  };

async function begun(t: ExecutionContext, answer: Answer) {
  const { url } = await loopback(t, cancelling(answer));
  const http = httpClient({ headersMs: 800 });
  t.teardown(() => http.close());
  return registryClient({ api: url, http, credentials: { username: 'ci', password: 's3cret' } }).beginUpload(['team/app']);
}

const kept: Readonly<Record<string, Answer>> = {
  'needs another right, which the login lacks': ({ headers }, response) => {
    const realm = `Bearer realm="http://${headers.host}/token",scope="repository:team/app:delete",error="insufficient_scope"`;
    response.writeHead(401, { 'www-authenticate': realm }).end();
  },
  'is not allowed': (_, response) => json(response, 403, { errors: [{ code: 'DENIED' }] }),
  'is not answered': (_, response) => void response.destroy(),
};

for (const [what, answer] of Object.entries(kept)) {
  test(`a push can begin where to cancel the upload ${what}`, async (t) => {
    t.deepEqual(await begun(t, answer), { login: 'bearer', repository: 'team/app', relative: true, cancelled: false });
  });
}

test('an upload is cancelled where the registry allows it', async (t) => {
  t.like(await begun(t, (_, response) => void response.writeHead(204).end()), { cancelled: true });
});
