import test from 'ava';
import { aStand, repo } from './_stand.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

test('a status is newest of its name, and all together say how the commit stands', async (t) => {
  const { ask, shas } = await aStand(t);
  const set = (context: string, state: string) => ask(`POST ${repo}/statuses/${shas[0]}`, { context, state, description: state });
  t.is((await set('lint', 'pending')).status, 201);
  t.is((await ask(`GET ${repo}/commits/${shas[0]}/status`)).json.state, 'pending');
  await set('lint', 'success');
  t.like((await ask(`GET ${repo}/commits/${shas[0]}/status`)).json, { state: 'success', total_count: 1 });
  await set('test', 'failure');
  t.is((await ask(`GET ${repo}/commits/${shas[0]}/status`)).json.state, 'failure');
  const all = (await ask(`GET ${repo}/commits/${shas[0]}/statuses`)).json.map((one: { state: string }) => one.state);
  t.deepEqual(all, ['failure', 'success', 'pending']);
  t.like((await ask(`POST ${repo}/statuses/${'f'.repeat(40)}`, { state: 'success' })).json, {
    message: `No commit found for SHA: ${'f'.repeat(40)}`,
  });
  t.like((await set('x', 'great')).json.errors[0], { code: 'custom', field: 'state' });
  const long = await ask(`POST ${repo}/statuses/${shas[0]}`, { state: 'success', description: 'x'.repeat(141) });
  t.like(long.json.errors[0], { field: 'description', message: 'description is too long (maximum is 140 characters)' });
});

test('refs are git’s own', async (t) => {
  const { ask, git, shas } = await aStand(t);
  t.is((await ask(`POST ${repo}/git/refs`, { ref: 'refs/heads/bump', sha: shas[0] })).status, 201);
  t.is(git('rev-parse', 'bump'), shas[0]);
  t.is((await ask(`POST ${repo}/git/refs`, { ref: 'refs/heads/bump', sha: shas[0] })).json.message, 'Reference already exists');
  t.is((await ask(`POST ${repo}/git/refs`, { ref: 'refs/heads/x', sha: 'f'.repeat(40) })).json.message, 'Object does not exist');
  t.is((await ask(`PATCH ${repo}/git/refs/heads/bump`, { sha: shas[1] })).status, 200);
  t.is((await ask(`PATCH ${repo}/git/refs/heads/bump`, { sha: shas[0] })).json.message, 'Update is not a fast forward');
  t.is((await ask(`PATCH ${repo}/git/refs/heads/bump`, { sha: shas[0], force: true })).status, 200);
  t.is((await ask(`GET ${repo}/git/ref/heads/bump`)).json.object.sha, shas[0]);
  t.deepEqual(
    (await ask(`GET ${repo}/git/matching-refs/heads/b`)).json.map((one: { ref: string }) => one.ref),
    ['refs/heads/bump'],
  );
  t.is((await ask(`DELETE ${repo}/git/refs/heads/bump`)).status, 204);
  t.is((await ask(`GET ${repo}/git/ref/heads/bump`)).status, 404);
});

test('a file is read, and written by a commit on a branch', async (t) => {
  const { ask, git, shas } = await aStand(t);
  const put = (fields: object) => ask(`PUT ${repo}/contents/docs/README.md`, { message: 'Bump', content: base64('two'), ...fields });
  const made = await put({ content: base64('one'), author: { name: 'Cox', email: 'cox@example.com' } });
  t.is(made.status, 201);
  t.is(git('log', '-1', '--format=%an %ae %s %P', 'main'), `Cox cox@example.com Bump ${shas[1]}`);
  t.is(git('show', 'main:docs/README.md'), 'one');
  t.regex(git('show', 'main:file'), /go on/, 'the rest of the tree stays');
  const { json } = await ask(`GET ${repo}/contents/docs/README.md?ref=main`);
  t.is(Buffer.from(json.content, 'base64').toString(), 'one');
  t.regex((await put({})).json.message, /"sha" wasn't supplied/);
  t.like(await put({ sha: 'f'.repeat(40) }), { status: 409, json: { message: `docs/README.md does not match ${'f'.repeat(40)}` } });
  t.is((await put({ sha: json.sha, branch: 'none' })).json.message, 'Branch none not found');
  t.is((await put({ sha: json.sha })).status, 200);
  t.is(git('show', 'main:docs/README.md'), 'two');
  t.is((await ask(`GET ${repo}/contents/none`)).status, 404);
});

test('a pull request joins two branches that differ, once', async (t) => {
  const { ask, git, commit } = await aStand(t);
  git('branch', 'same', 'main');
  git('branch', 'bump', 'main');
  const pull = (head: string) => ask(`POST ${repo}/pulls`, { title: 'Bump', head, base: 'main' });
  t.is((await pull('same')).json.errors[0].message, 'No commits between main and same');
  t.like((await pull('none')).json.errors[0], { code: 'invalid', field: 'head' });
  commit('bump', 'bump');
  const { status, json } = await pull('bump');
  t.is(status, 201);
  t.regex(json.html_url, /\/ada\/scheduler\/pull\/\d+$/);
  t.is((await pull('bump')).json.errors[0].message, 'A pull request already exists for ada:bump.');
  t.deepEqual(
    (await ask(`GET ${repo}/pulls?head=ada:bump`)).json.map((one: { number: number }) => one.number),
    [json.number],
  );
});

test('two branches are compared from where they part', async (t) => {
  const { ask, git, commit, shas } = await aStand(t);
  git('branch', 'side', shas[0]);
  const side = commit('side', 'aside');
  t.like((await ask(`GET ${repo}/compare/main...side`)).json, {
    status: 'diverged',
    ahead_by: 1,
    behind_by: 1,
    total_commits: 1,
    merge_base_commit: { sha: shas[0] },
  });
  t.like((await ask(`GET ${repo}/compare/${shas[0]}...side`)).json, { status: 'ahead', commits: [{ sha: side }] });
  t.is((await ask(`GET ${repo}/compare/main...main`)).json.status, 'identical');
  t.is((await ask(`GET ${repo}/compare/v9...main`)).status, 404);
});

test('commits are found by any name, an annotated tag is peeled', async (t) => {
  const { ask, git, shas } = await aStand(t);
  git('-c', 'user.name=Ada', '-c', 'user.email=a@example.com', 'tag', '-a', '-m', 'one', 'v1', shas[0]);
  const { object } = (await ask(`GET ${repo}/git/ref/tags/v1`)).json;
  t.is(object.type, 'tag');
  t.like((await ask(`GET ${repo}/git/tags/${object.sha}`)).json, { tag: 'v1', message: 'one', object: { sha: shas[0], type: 'commit' } });
  t.is((await ask(`GET ${repo}/commits/v1`)).json.sha, shas[0]);
  t.like((await ask(`GET ${repo}/git/commits/${shas[1]}`)).json, {
    message: 'go on',
    author: { name: 'Ada', date: '2026-02-03T03:05:06Z' },
    parents: [{ sha: shas[0] }],
  });
  t.is((await ask(`GET ${repo}/git/commits/${'f'.repeat(40)}`)).status, 404);
  t.is((await ask(`GET ${repo}/branches/main`)).json.commit.sha, shas[1]);
  t.deepEqual(
    (await ask(`GET ${repo}/tags`)).json.map((one: { name: string; commit: { sha: string } }) => [one.name, one.commit.sha]),
    [['v1', shas[0]]],
  );
});
