import { request as ask, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import test from 'ava';
import { gitClient } from '../../../src/clients/git/git-client.ts';
import { httpClient } from '../../../src/clients/http/http-client.ts';
import { loginAt } from '../../fixtures/git-login.ts';
import { sampleRepository } from '../../fixtures/git-repository.ts';
import { gitServer } from '../../fixtures/git-server.ts';

test('a server at an IPv6 address is polled, read and pushed to, with its login', async (t) => {
  const sample = sampleRepository(t);
  sample.git('config', 'http.receivepack', 'true');
  const login = { username: 'bot', password: 'open sesame' };
  const server = await gitServer(sample.root, { login });
  const relay = createServer((request, response) => {
    const to = { host: '127.0.0.1', port: new URL(server.url).port, method: request.method, path: request.url, headers: request.headers };
    request.pipe(ask(to, (answer) => answer.pipe(response.writeHead(answer.statusCode ?? 502, answer.headers))));
  });
  const isThere = await new Promise<boolean>((resolve) => {
    relay.once('error', () => resolve(false)).listen(0, '::1', () => resolve(true));
  });
  const http = httpClient();
  t.teardown(async () => {
    await http.close();
    relay.closeAllConnections();
    relay.close();
    await server.close();
  });
  if (!isThere) return t.pass('there is no IPv6 here');
  const host = `[::1]:${(relay.address() as AddressInfo).port}`;
  const rules = { httpHosts: [host], localRoots: [], botEmail: 'bot@example.com' };
  const log = { info() {}, warn() {}, error() {} };
  const git = gitClient({ folder: join(sample.root, 'cache'), rules, http, log, ...loginAt(host, login) });
  const url = `http://${host}/sample.git`;
  const repository = { name: 's', short: 's', git: url, clone: url, branches: ['**'], channel: '#ci', stages: [] };
  const parent = sample.commit('main');
  t.deepEqual(await git.heads(repository), { main: parent });
  t.is((await git.commit(repository, 'main', parent)).subject, 'work on main');
  t.regex(await git.file(repository, 'main', parent, 'file'), /^main/);
  const author = { name: 'coxswain', email: 'bot@example.com' };
  const sha = await git.pushFile(repository, { branch: 'main', parent, path: 'file', text: 'new', message: 'Bump', topic: 'x', author });
  t.is(sample.git('rev-parse', 'main'), sha);
});
