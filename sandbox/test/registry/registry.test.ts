import test from 'ava';
import { startRegistry } from '../../src/registry/registry.ts';
import { digestOf, docker, index, manifestOf, oci, refusal, scratch, started } from './_registry.ts';

test('an image that was pushed is found by tag and by digest', async (t) => {
  const { registry, ask, upload, put } = await started(t);
  await upload('team/app', '{}');
  await upload('team/app', 'layer');
  const manifest = manifestOf('{}', ['layer']);
  const pushed = await put('/v2/team/app/manifests/1.0', manifest);
  t.is(pushed.status, 201);
  const digest = pushed.headers.get('docker-content-digest') ?? '';
  t.is(digest, digestOf(JSON.stringify(manifest)));
  for (const reference of ['1.0', digest]) {
    const found = await ask(`/v2/team/app/manifests/${reference}`, { headers: { accept: docker } });
    t.is(found.headers.get('content-type'), docker);
    t.is(found.headers.get('docker-content-digest'), digest);
    t.deepEqual(await found.json(), manifest);
  }
  t.deepEqual(await registry.images(), [{ repository: 'team/app', tag: '1.0', digest }]);
  const blob = await ask(`/v2/team/app/blobs/${digestOf('layer')}`);
  t.is(await blob.text(), 'layer');
});

test('a blob goes up in chunks, each from where the last one ended', async (t) => {
  const { registry, ask } = await started(t);
  const start = await ask('/v2/app/blobs/uploads/', { method: 'POST' });
  t.is(start.status, 202);
  const location = start.headers.get('location') ?? '';
  t.true(location.startsWith(`${registry.url}/v2/app/blobs/uploads/`));
  const chunk = (body: string, range: string): Promise<Response> =>
    ask(location, { method: 'PATCH', body, headers: { 'content-range': range } });
  t.is((await chunk('hel', '0-2')).headers.get('range'), '0-2');
  t.is(await refusal(await chunk('xx', '1-2')), '416 BLOB_UPLOAD_INVALID');
  t.is((await chunk('lo', '3-4')).headers.get('range'), '0-4');
  const done = await ask(`${location}?digest=${encodeURIComponent(digestOf('hello'))}`, { method: 'PUT' });
  t.is(done.status, 201);
  t.is((await ask(`/v2/app/blobs/${digestOf('hello')}`, { method: 'HEAD' })).headers.get('content-length'), '5');
  t.is(await refusal(await ask(location, { method: 'PUT' })), '404 BLOB_UPLOAD_UNKNOWN');
});

test('a blob that is not what its digest says is refused', async (t) => {
  const { ask } = await started(t);
  const response = await ask(`/v2/app/blobs/uploads/?digest=${digestOf('good')}`, { method: 'POST', body: 'evil' });
  t.is(await refusal(response), '400 DIGEST_INVALID');
  t.is((await ask(`/v2/app/blobs/${digestOf('good')}`)).status, 404);
});

test('a blob of another repository is there only after it was mounted', async (t) => {
  const { ask, upload } = await started(t);
  await upload('base', 'layer');
  const digest = digestOf('layer');
  t.is(await refusal(await ask(`/v2/app/blobs/${digest}`)), '404 BLOB_UNKNOWN');
  t.is((await ask(`/v2/app/blobs/uploads/?mount=${digest}&from=other`, { method: 'POST' })).status, 202);
  t.is((await ask(`/v2/app/blobs/uploads/?mount=${digest}&from=base`, { method: 'POST' })).status, 201);
  t.is((await ask(`/v2/app/blobs/${digest}`)).status, 200);
});

test('a manifest is refused where a blob is missing, its type is unknown, its digest is another or it is no JSON', async (t) => {
  const { ask, upload, put } = await started(t);
  await upload('app', '{}');
  t.is(await refusal(await put('/v2/app/manifests/1', manifestOf('{}', ['nowhere']))), '400 MANIFEST_BLOB_UNKNOWN');
  t.is(await refusal(await put('/v2/app/manifests/1', manifestOf('{}', []), 'application/json')), '400 MANIFEST_INVALID');
  t.is(await refusal(await put(`/v2/app/manifests/${digestOf('x')}`, manifestOf('{}', []))), '400 DIGEST_INVALID');
  const headers = { 'content-type': docker };
  t.is(await refusal(await ask('/v2/app/manifests/1', { method: 'PUT', body: '{', headers })), '400 MANIFEST_INVALID');
  t.is(await refusal(await ask('/v2/app/manifests/1', { headers: { accept: docker } })), '404 MANIFEST_UNKNOWN');
});

test('OCI manifests and indexes are shown to those whose Accept names them', async (t) => {
  const { ask, upload, put } = await started(t);
  await upload('app', '{}');
  const child = await put('/v2/app/manifests/amd64', manifestOf('{}', [], oci), oci);
  const digest = child.headers.get('docker-content-digest');
  const both = { schemaVersion: 2, mediaType: index, manifests: [{ mediaType: oci, digest, size: 1 }] };
  t.is((await put('/v2/app/manifests/multi', both, index)).status, 201);
  t.is((await ask('/v2/app/manifests/multi', { headers: { accept: `${docker}, ${index};q=0.5` } })).status, 200);
  t.is(await refusal(await ask('/v2/app/manifests/multi', { headers: { accept: docker } })), '404 MANIFEST_UNKNOWN');
  t.is(
    await refusal(await put('/v2/app/manifests/x', { ...both, manifests: [{ digest: digestOf('x') }] }, index)),
    '400 MANIFEST_BLOB_UNKNOWN',
  );
});

test('lists come sorted and in pages', async (t) => {
  const { ask, upload, put } = await started(t);
  for (const repository of ['b/two', 'a', 'b']) {
    await upload(repository, '{}');
    for (const tag of ['z', 'm', 'a']) await put(`/v2/${repository}/manifests/${tag}`, manifestOf('{}', []));
  }
  t.deepEqual(await (await ask('/v2/_catalog')).json(), { repositories: ['a', 'b', 'b/two'] });
  const first = await ask('/v2/b/tags/list?n=2');
  t.deepEqual(await first.json(), { name: 'b', tags: ['a', 'm'] });
  const next = /<(.*)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
  t.deepEqual(await (await ask(next)).json(), { name: 'b', tags: ['z'] });
  t.is(await refusal(await ask('/v2/none/tags/list')), '404 NAME_UNKNOWN');
});

test('a client that names no type in Accept gets another digest, as from a registry of version 2', async (t) => {
  const { ask, upload, put } = await started(t);
  await upload('app', '{}');
  const digest = (await put('/v2/app/manifests/1', manifestOf('{}', []))).headers.get('docker-content-digest');
  const head = (accept: string): Promise<Response> => ask('/v2/app/manifests/1', { method: 'HEAD', headers: { accept } });
  t.is((await head(docker)).headers.get('docker-content-digest'), digest);
  const old = await head('*/*');
  t.is(old.headers.get('content-type'), 'application/vnd.docker.distribution.manifest.v1+prettyjws');
  t.not(old.headers.get('docker-content-digest'), digest);
  t.is((await ask(`/v2/app/manifests/${digest}`)).headers.get('docker-content-digest'), digest);
});

test('a tag is deleted alone, and a manifest with all its tags', async (t) => {
  const { ask, upload, put, registry } = await started(t);
  await upload('app', '{}');
  const digest = (await put('/v2/app/manifests/one', manifestOf('{}', []))).headers.get('docker-content-digest');
  await put('/v2/app/manifests/two', manifestOf('{}', []));
  await put('/v2/app/manifests/three', manifestOf('{}', []));
  t.is((await ask('/v2/app/manifests/one', { method: 'DELETE' })).status, 202);
  t.deepEqual(
    (await registry.images()).map((image) => image.tag),
    ['three', 'two'],
  );
  t.is((await ask(`/v2/app/manifests/${digest}`, { method: 'DELETE' })).status, 202);
  t.deepEqual(await registry.images(), []);
});

test('a registry started again over its folder has every image', async (t) => {
  const folder = await scratch(t);
  const before = await startRegistry({ folder });
  await fetch(`${before.url}/v2/app/blobs/uploads/?digest=${digestOf('{}')}`, { method: 'POST', body: '{}' });
  const body = JSON.stringify(manifestOf('{}', []));
  await fetch(`${before.url}/v2/app/manifests/1`, { method: 'PUT', body, headers: { 'content-type': docker } });
  const images = await before.images();
  await before.close();
  const after = await startRegistry({ folder });
  t.teardown(() => after.close());
  t.is(images.length, 1);
  t.deepEqual(await after.images(), images);
});

test('names that are none, such as ways out of the folder, are refused', async (t) => {
  const { ask } = await started(t);
  for (const path of ['/v2/..%2f..%2fetc/tags/list', '/v2/Upper/tags/list', '/v2/_catalog/tags/list', '/v2/a%00/tags/list']) {
    t.is(await refusal(await ask(path)), '400 NAME_INVALID', path);
  }
  t.is(await refusal(await ask('/v2/app/manifests/..%2fx')), '400 TAG_INVALID');
  t.is(await refusal(await ask('/v2/app/blobs/sha256:..')), '400 DIGEST_INVALID');
  t.is(await refusal(await ask('/v2/app/blobs/uploads/..%2f..%2fx')), '404 BLOB_UPLOAD_UNKNOWN');
});

test('who asks for the referrers of a manifest gets an index of those that name it, whether it is there or not', async (t) => {
  const { ask, upload, put } = await started(t);
  await upload('app', '{}');
  const subject = { mediaType: oci, digest: digestOf('not there'), size: 9 };
  const sbom = { ...manifestOf('{}', [], oci), artifactType: 'text/sbom', subject };
  const pushed = await put(`/v2/app/manifests/${digestOf(JSON.stringify(sbom))}`, sbom, oci);
  t.is(pushed.headers.get('oci-subject'), subject.digest);
  const listed = async (query = '') => {
    const answer = await ask(`/v2/app/referrers/${subject.digest}${query}`);
    const { manifests } = (await answer.json()) as { manifests: { artifactType: string }[] };
    return { type: answer.headers.get('content-type'), kinds: manifests.map(({ artifactType }) => artifactType) };
  };
  t.deepEqual(await listed(), { type: index, kinds: ['text/sbom'] });
  t.deepEqual(await listed('?artifactType=text/other'), { type: index, kinds: [] });
  await ask(`/v2/app/manifests/${digestOf(JSON.stringify(sbom))}`, { method: 'DELETE' });
  t.deepEqual(await listed(), { type: index, kinds: [] });
});

test('a part of a blob is given where one asks for it', async (t) => {
  const { ask, upload } = await started(t);
  await upload('app', '0123456789');
  const part = async (range: string) => {
    const answer = await ask(`/v2/app/blobs/${digestOf('0123456789')}`, { headers: { range } });
    return `${answer.status} ${await answer.text()}`;
  };
  t.is(await part('bytes=2-4'), '206 234');
  t.is(await part('bytes=7-'), '206 789');
  t.is(await part('bytes=-2'), '206 89');
  t.is(await part('bytes=10-12'), '416 ');
});

test('a fault answers or cuts every request that fits, until it is cleared, and carries nothing out', async (t) => {
  const { ask, put, registry } = await started(t);
  registry.faults.answer(/^GET .*\/manifests\//, { status: 502, body: 'bad gateway' });
  registry.faults.answer(/^PUT /, { status: 201, body: 'half of this', half: true });
  registry.faults.cut(/^HEAD /);
  for (let times = 0; times < 2; times += 1) t.is((await ask('/v2/app/manifests/1')).status, 502);
  await t.throwsAsync(async () => (await put('/v2/app/manifests/1', {})).text());
  await t.throwsAsync(ask('/v2/', { method: 'HEAD' }));
  t.is((await ask('/v2/')).status, 200);
  registry.faults.clear();
  t.is((await ask('/v2/app/manifests/1')).status, 404);
});
