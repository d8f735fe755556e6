import test from 'ava';
import { aStand, repo } from './_stand.ts';

const release = { tag_name: 'v1', name: 'One', body: 'notes' };
const tags = (git: (...words: string[]) => string) => git('for-each-ref', '--format=%(refname:short) %(objectname)', 'refs/tags');

test('a draft has no tag and is not found by it; when it is published there is the tag, and both', async (t) => {
  const { ask, git, shas } = await aStand(t);
  const { status, json } = await ask(`POST ${repo}/releases`, { ...release, draft: true, target_commitish: shas[0] });
  t.is(status, 201);
  t.like(json, { draft: true, published_at: null, target_commitish: shas[0], assets: [] });
  t.regex(json.html_url, /\/releases\/tag\/untagged-/);
  t.is(tags(git), '');
  t.is((await ask(`GET ${repo}/releases/tags/v1`)).status, 404);
  t.is((await ask(`GET ${repo}/releases`)).json.length, 1);
  const published = await ask(`PATCH ${repo}/releases/${json.id}`, { draft: false });
  t.like(published.json, { id: json.id, draft: false, body: 'notes' });
  t.is(tags(git), `v1 ${shas[0]}`);
  t.is((await ask(`GET ${repo}/releases/tags/v1`)).json.id, json.id);
});

test('a tag that is there stays where it is', async (t) => {
  const { ask, git, shas } = await aStand(t);
  git('tag', 'v1', shas[0]);
  t.is((await ask(`POST ${repo}/releases`, { ...release, target_commitish: 'main' })).status, 201);
  t.is(tags(git), `v1 ${shas[0]}`);
});

test('deleting a release leaves its tag', async (t) => {
  const { ask, git, shas } = await aStand(t);
  const { json } = await ask(`POST ${repo}/releases`, release);
  t.is((await ask(`DELETE ${repo}/releases/${json.id}`)).status, 204);
  t.is((await ask(`GET ${repo}/releases/${json.id}`)).status, 404);
  t.is(tags(git), `v1 ${shas[1]}`);
});

const refused = test.macro(async (t, fields: object, reason: object) => {
  const { ask } = await aStand(t);
  await ask(`POST ${repo}/releases`, { ...release, tag_name: 'v0' });
  const { status, json } = await ask(`POST ${repo}/releases`, { ...release, ...fields });
  t.is(status, 422);
  t.like(json, { message: 'Validation Failed', errors: [reason], status: '422' });
  t.is((await ask(`GET ${repo}/releases`)).json.length, 1);
});
test('a tag is released once', refused, { tag_name: 'v0' }, { resource: 'Release', code: 'already_exists', field: 'tag_name' });
test(
  'a tag has a name that git allows',
  refused,
  { tag_name: 'v 1..' },
  { code: 'custom', field: 'tag_name', message: 'tag_name is not a valid tag' },
);
test(
  'a commit must be there, also for a draft',
  refused,
  { draft: true, target_commitish: 'f'.repeat(40) },
  { code: 'invalid', field: 'target_commitish' },
);
test('a prerelease is never the latest', refused, { prerelease: true, make_latest: 'true' }, { code: 'custom', field: 'make_latest' });

test('two drafts may have one tag, and the second cannot be published', async (t) => {
  const { ask } = await aStand(t);
  const [one, two] = [
    await ask(`POST ${repo}/releases`, { ...release, draft: true }),
    await ask(`POST ${repo}/releases`, { ...release, draft: true }),
  ];
  t.is((await ask(`PATCH ${repo}/releases/${one.json.id}`, { draft: false })).status, 200);
  const refusal = await ask(`PATCH ${repo}/releases/${two.json.id}`, { draft: false });
  t.like(refusal.json.errors[0], { code: 'already_exists', field: 'tag_name' });
  t.true((await ask(`GET ${repo}/releases/${two.json.id}`)).json.draft);
});

test('the latest release is the one that was made so', async (t) => {
  const { ask } = await aStand(t);
  t.is((await ask(`GET ${repo}/releases/latest`)).status, 404);
  await ask(`POST ${repo}/releases`, { ...release, tag_name: 'v1' });
  await ask(`POST ${repo}/releases`, { ...release, tag_name: 'v0.9', make_latest: 'false' });
  await ask(`POST ${repo}/releases`, { ...release, tag_name: 'v2-rc', prerelease: true });
  t.is((await ask(`GET ${repo}/releases/latest`)).json.tag_name, 'v1');
});

test('lists come in pages with links to the others', async (t) => {
  const { ask } = await aStand(t);
  for (const tag of ['a', 'b', 'c', 'd', 'e']) await ask(`POST ${repo}/releases`, { ...release, tag_name: tag, draft: true });
  const names = (page: { json: { tag_name: string }[] }) => page.json.map((one) => one.tag_name).join('');
  const second = await ask(`GET ${repo}/releases?per_page=2&page=2`);
  t.is(names(second), 'cb');
  const link = second.headers.get('link') ?? '';
  for (const [rel, page] of [
    ['prev', 1],
    ['first', 1],
    ['next', 3],
    ['last', 3],
  ])
    t.true(link.includes(`per_page=2&page=${page}>; rel="${rel}"`), link);
  t.is(names(await ask(`GET ${repo}/releases?per_page=2&page=3`)), 'a');
});

test('assets are uploaded, named once, downloaded as they came, and known after a restart', async (t) => {
  const { ask, upload, page, restart } = await aStand(t);
  const { json } = await ask(`POST ${repo}/releases`, { ...release, draft: true });
  t.regex(json.upload_url, /\/api\/uploads\/repos\/ada\/scheduler\/releases\/1\/assets\{\?name,label\}$/);
  const asset = await upload(json.id, 'build log.txt', 'Step 1/2\n');
  t.is(asset.status, 201);
  t.like(asset.json, { name: 'build.log.txt', size: 9, state: 'uploaded', content_type: 'text/plain' });
  t.regex(asset.json.digest, /^sha256:[0-9a-f]{64}$/);
  const again = await upload(json.id, 'build log.txt', 'other');
  t.is(again.status, 422);
  t.like(again.json.errors[0], { resource: 'ReleaseAsset', code: 'already_exists', field: 'name' });
  await ask(`PATCH ${repo}/releases/${json.id}`, { draft: false });
  await restart();
  t.is((await page('ada/scheduler/releases/download/v1/build.log.txt')).text, 'Step 1/2\n');
  const octets = { authorization: 'token ghp_x', accept: 'application/octet-stream' };
  t.is((await ask(`GET ${repo}/releases/assets/${asset.json.id}`, undefined, octets)).text, 'Step 1/2\n');
  t.is((await ask(`DELETE ${repo}/releases/assets/${asset.json.id}`)).status, 204);
  t.is((await page('ada/scheduler/releases/download/v1/build.log.txt')).status, 404);
});

test('the pages show what there is, and nothing of it is markup', async (t) => {
  const { ask, upload, page } = await aStand(t);
  const { json } = await ask(`POST ${repo}/releases`, {
    ...release,
    name: '<b>One</b>',
    body: 'a <script>x</script>\n\n<!-- coxswain-run: abc -->',
  });
  await upload(json.id, 'a.txt', 'x');
  await ask(`POST ${repo}/releases`, { ...release, tag_name: 'v2', prerelease: true, draft: true });
  const { text, headers } = await page('ada/scheduler/releases');
  t.regex(headers.get('content-security-policy') ?? '', /default-src 'none'/);
  t.true(text.includes('&lt;b&gt;One&lt;/b&gt;'));
  t.true(text.includes('<pre>a &lt;script&gt;x&lt;/script&gt;</pre>'));
  t.false(text.includes('coxswain-run'));
  for (const mark of ['Latest', 'Draft', 'Pre-release']) t.true(text.includes(`<span class="mark">${mark}</span>`), mark);
  t.true(text.includes('href="/ada/scheduler/releases/download/v1/a.txt"'));
  t.is((await page('ada/scheduler')).headers.get('location'), '/ada/scheduler/releases');
  t.regex((await page('')).text, /ada\/scheduler/);
  t.is((await page('ada/other/releases')).status, 404);
});
