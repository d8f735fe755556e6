import test, { type ExecutionContext } from 'ava';
import { githubClient } from '../../../src/clients/github.ts';
import { UserError } from '../../../src/core/errors.ts';
import { json, loopback } from '../../fixtures/loopback.ts';

const quiet = { info() {}, warn() {}, error() {} };
const [parent, made] = ['a'.repeat(40), 'b'.repeat(40)];
const change = {
  branch: 'main',
  parent,
  path: 'README.md',
  text: 'v2',
  message: 'Set the version to 2.0.0\n\nAsked for by Ada.',
  topic: 'version-2.0.0-main',
  author: { name: 'coxswain', email: 'bot@example.com' },
};

/** A GitHub of one repository: answers what it is given, then what its state says. */
async function world(t: ExecutionContext, given: Record<string, readonly [number, unknown]> = {}) {
  const refs = new Map([['heads/main', parent]]);
  const sent: Record<string, unknown> = {};
  const pulls: { number: number; html_url: string; head: string }[] = [];
  const server = await loopback(t, (request, response, body) => {
    const [path = '', query = ''] = (request.url ?? '').split('?');
    const call = `${request.method} ${decodeURIComponent(path.replace('/repos/leaf-ai/x/', ''))}`;
    const wanted = body ? JSON.parse(body) : undefined;
    if (wanted) sent[call] = wanted;
    const found = given[call];
    if (found) return json(response, ...found);
    const ref = /^GET git\/ref\/(?<ref>.+)$/.exec(call)?.groups?.ref;
    if (ref) return refs.has(ref) ? json(response, 200, { object: { sha: refs.get(ref) } }) : json(response, 404, { message: 'Not Found' });
    if (call === `GET git/commits/${parent}`) return json(response, 200, { tree: { sha: 'tree' } });
    if (call === 'POST git/trees') return json(response, 201, { sha: 'new-tree' });
    if (call === 'POST git/commits') return json(response, 201, { sha: made, html_url: 'https://github.com/leaf-ai/x/commit/bbb' });
    if (call.startsWith('PATCH git/refs/')) {
      refs.set(call.slice('PATCH git/refs/'.length), wanted.sha);
      return json(response, 200, {});
    }
    if (call === 'POST git/refs') {
      refs.set(wanted.ref.slice('refs/'.length), wanted.sha);
      return json(response, 201, {});
    }
    if (call === 'GET pulls')
      return json(
        response,
        200,
        pulls.filter(({ head }) => query.includes(encodeURIComponent(`leaf-ai:${head}`))),
      );
    if (call === 'POST pulls') {
      pulls.push({ number: 7, html_url: 'https://github.com/leaf-ai/x/pull/7', head: wanted.head });
      return json(response, 201, pulls.at(-1));
    }
    return json(response, 500, { message: `what is ${call}?` });
  });
  const github = githubClient({ token: 'ghp_x', baseUrl: server.url, log: quiet, retryMs: 5, timeoutMs: 1_000 });
  return { files: github.files, refs, sent, pulls };
}

test('a file is read at a commit', async (t) => {
  const content = Buffer.from('<repo-version>1.2.3</repo-version> ü').toString('base64');
  const { files } = await world(t, { 'GET contents/app/README.md': [200, { type: 'file', encoding: 'base64', content }] });
  t.is(await files.read('leaf-ai/x', parent, 'app/README.md'), '<repo-version>1.2.3</repo-version> ü');
});

test('what is no file, and what is too large, says what to do', async (t) => {
  const folder = await world(t, { 'GET contents/README.md': [200, []] });
  await t.throwsAsync(folder.files.read('leaf-ai/x', parent, 'README.md'), { instanceOf: UserError, message: /no ordinary file/ });
  const large = await world(t, { 'GET contents/README.md': [200, { type: 'file', encoding: 'none', content: '', size: 2_000_000 }] });
  await t.throwsAsync(large.files.read('leaf-ai/x', parent, 'README.md'), { instanceOf: UserError, message: /2000000 bytes/ });
});

test('a commit is made on top of the parent, by the bot', async (t) => {
  const { files, refs, sent } = await world(t);
  t.deepEqual(await files.commit('leaf-ai/x', change), { sha: made, url: 'https://github.com/leaf-ai/x/commit/bbb' });
  t.is(refs.get('heads/main'), made);
  t.deepEqual(sent['POST git/trees'], {
    base_tree: 'tree',
    tree: [{ path: 'README.md', mode: '100644', type: 'blob', content: 'v2' }],
  });
  t.deepEqual(sent['POST git/commits'], { message: change.message, tree: 'new-tree', parents: [parent], author: change.author });
  t.deepEqual(sent['PATCH git/refs/heads/main'], { sha: made, force: false });
});

test('a branch that has moved is left alone', async (t) => {
  const { files, refs } = await world(t);
  refs.set('heads/main', 'c'.repeat(40));
  await t.throwsAsync(files.commit('leaf-ai/x', change), { instanceOf: UserError, message: /main has moved meanwhile/ });
  const late = await world(t, { 'PATCH git/refs/heads/main': [422, { message: 'Update is not a fast forward' }] });
  await t.throwsAsync(late.files.commit('leaf-ai/x', change), { instanceOf: UserError, message: /not a fast forward.*say it again/ });
});

test('a proposal is a branch and a pull request, once', async (t) => {
  const { files, refs, sent, pulls } = await world(t);
  const url = 'https://github.com/leaf-ai/x/pull/7';
  t.deepEqual(await files.propose('leaf-ai/x', change), { number: 7, url });
  t.deepEqual(await files.propose('leaf-ai/x', change), { number: 7, url });
  t.is(pulls.length, 1);
  t.is(refs.get('heads/main'), parent);
  t.is(refs.get('heads/coxswain/version-2.0.0-main'), made);
  t.deepEqual(sent['POST pulls'], {
    head: 'coxswain/version-2.0.0-main',
    base: 'main',
    title: 'Set the version to 2.0.0',
    body: 'Asked for by Ada.',
  });
});

test('a branch that an earlier attempt has left gets its pull request', async (t) => {
  const { files, refs, sent } = await world(t);
  refs.set('heads/coxswain/version-2.0.0-main', made);
  t.is((await files.propose('leaf-ai/x', change)).number, 7);
  t.false('POST git/commits' in sent);
});

test('a token without the right says which', async (t) => {
  const { files } = await world(t, { 'POST git/trees': [403, { message: 'Resource not accessible by personal access token' }] });
  await t.throwsAsync(files.commit('leaf-ai/x', change), { instanceOf: UserError, message: /Contents: write/ });
});
