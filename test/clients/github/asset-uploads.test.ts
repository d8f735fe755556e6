import { randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import test from 'ava';
import type { Timer } from '../../../src/clients/github/asset-uploads.ts';
import { githubClient } from '../../../src/clients/github/github-client.ts';
import { GithubError } from '../../../src/clients/github/github-error.ts';
import { UserError } from '../../../src/core/errors.ts';
import { loopback } from '../../fixtures/loopback.ts';
import { aPlace, assetOf, draftOf, kept, name } from './_github.ts';

async function aDraft(t: Parameters<typeof aPlace>[0], options?: Parameters<typeof aPlace>[1]) {
  const place = await aPlace(t, options);
  const { id } = await place.releases.ensureDraft(name, draftOf(place));
  const ensure = (asset: ReturnType<typeof assetOf>) => place.releases.ensureAsset(name, id, asset);
  const uploads = () => place.stand.requests().filter((one) => one.startsWith('POST') && one.endsWith('/assets')).length;
  const states = () => place.stand.releases(name)[0]?.assets.map((one) => `${one.name} ${one.state}`);
  return { place, ensure, uploads, states, upload: `POST /repos/${name}/releases/${id}/assets` };
}

const wholeRelease = (upload_url: string) => ({
  id: 1,
  tag_name: 'v1.2.0',
  target_commitish: 'main',
  html_url: 'http://x/',
  draft: true,
  prerelease: false,
  upload_url,
});

test('an asset that is there with its size and checksum is not sent again', async (t) => {
  const { ensure, uploads } = await aDraft(t);
  t.true((await ensure(assetOf('build.log', Buffer.from('one')))).uploaded);
  const again = assetOf('build.log', Buffer.from('one'));
  t.false((await ensure(again)).uploaded);
  t.is(again.opened(), 0);
  t.is(uploads(), 1);
});

test('another content of the same size, or of another size, takes its place', async (t) => {
  const { place, ensure, states } = await aDraft(t);
  for (const content of ['one', 'two', 'three']) {
    await ensure(assetOf('build.log', Buffer.from(content)));
    t.is(String(await kept(place, 'v1.2.0', 'build.log')), content);
  }
  t.deepEqual(states(), ['build.log uploaded']);
});

test('where GitHub says no checksum, what is there makes place, whatever its size', async (t) => {
  const { place, ensure, uploads } = await aDraft(t);
  await ensure(assetOf('build.log', Buffer.from('one')));
  const [there] = place.stand.releases(name)[0]?.assets ?? [];
  const list = `GET /repos/${name}/releases/${place.stand.releases(name)[0]?.id}/assets`;
  place.stand.faults.failNext(list, { status: 200, body: [{ id: there?.id, name: 'build.log', size: 3, state: 'uploaded' }] });
  t.true((await ensure(assetOf('build.log', Buffer.from('two')))).uploaded);
  t.is(uploads(), 2);
  t.is(String(await kept(place, 'v1.2.0', 'build.log')), 'two');
});

test('an upload that breaks off is said to be repeatable, leaves no half asset behind, and is whole the next time', async (t) => {
  const { place, ensure, states, upload } = await aDraft(t);
  place.stand.faults.cutNext(upload, 'middle');
  const content = randomBytes(2_000_000);
  const error = await t.throwsAsync(ensure(assetOf('runner', content)), {
    instanceOf: GithubError,
    message: /gave no answer about the asset runner/,
  });
  t.true(error instanceof GithubError && error.retry);
  t.deepEqual(states(), ['runner starter']);
  await ensure(assetOf('runner', content));
  t.deepEqual(states(), ['runner uploaded']);
  t.true((await kept(place, 'v1.2.0', 'runner'))?.equals(content));
});

test('a name that GitHub refuses to have twice, though its list did not show it, makes place', async (t) => {
  const { place, ensure, uploads, upload } = await aDraft(t);
  await ensure(assetOf('runner', Buffer.from('old')));
  const list = `GET /repos/${name}/releases/${place.stand.releases(name)[0]?.id}/assets`;
  place.stand.faults.failNext(list, { status: 200, body: [] });
  const asset = assetOf('runner', Buffer.from('new'));
  t.true((await ensure(asset)).uploaded);
  t.is(asset.opened(), 2);
  t.is(uploads(), 3);
  t.is(String(await kept(place, 'v1.2.0', 'runner')), 'new');
  t.is(place.stand.requests().filter((one) => one === upload).length, 3);
});

test('names are found again as GitHub has changed them', async (t) => {
  const { ensure, uploads } = await aDraft(t);
  const odd = 'build log (gpu)~1.txt.';
  t.is((await ensure(assetOf(odd, Buffer.from('x')))).name, 'build.log.gpu.1.txt');
  t.false((await ensure(assetOf(odd, Buffer.from('x')))).uploaded);
  t.is(uploads(), 1);
});

test('an asset that GitHub names otherwise than foreseen is known by its number, and by its content where that was lost', async (t) => {
  const { place, ensure, uploads } = await aDraft(t);
  place.stand.faults.nameAssets((usual) => usual.replaceAll('+', '-'));
  const runner = assetOf('runner+gpu', Buffer.from('x'));
  const sent = await ensure(runner);
  t.is(sent.name, 'runner-gpu');
  t.false((await ensure(assetOf('runner+gpu', Buffer.from('x'), { id: sent.id }))).uploaded);
  t.is(uploads(), 1);
  t.like(await ensure(runner), { id: sent.id, uploaded: false }, 'the number was lost');
  t.is(uploads(), 2);
  const other = assetOf('runner+gpu', Buffer.from('x'), { others: [sent.id] });
  await t.throwsAsync(ensure(other), { message: /under another name/ }, 'it may be another file with the same content');
  const wanted = draftOf(place);
  const [draft] = place.stand.releases(name);
  await place.releases.publish(name, draft?.id ?? 0, { wanted, makeLatest: true, assets: [{ ...runner, ...sent }] });
  t.deepEqual(await kept(place, 'v1.2.0', 'runner-gpu'), Buffer.from('x'));
});

test('an asset whose name GitHub has given to another content ends with a sentence', async (t) => {
  const { place, ensure, uploads } = await aDraft(t);
  await ensure(assetOf('runner-gpu', Buffer.from('x')));
  place.stand.faults.nameAssets((usual) => usual.replaceAll('+', '-'));
  await t.throwsAsync(ensure(assetOf('runner+gpu', Buffer.from('y'))), {
    instanceOf: UserError,
    message: /^GitHub has an asset in place of runner\+gpu under another name, with another content\. Remove it/,
  });
  t.is(uploads(), 3);
});

test('an asset that GitHub stores otherwise than it was sent is sent once more, and then ends with a sentence', async (t) => {
  const { place, ensure, uploads } = await aDraft(t);
  const wrong = { id: 9, name: 'runner', size: 2, state: 'uploaded', browser_download_url: 'http://x/' };
  place.stand.faults.failNext(/^POST .*assets$/, { status: 201, body: wrong });
  t.true((await ensure(assetOf('runner', Buffer.from('x')))).uploaded);
  t.is(uploads(), 2);
  place.stand.faults.failNext(/^POST .*assets$/, { status: 201, body: wrong }, 2);
  await t.throwsAsync(ensure(assetOf('other', Buffer.from('x'))), {
    instanceOf: UserError,
    message: /another content of the asset other .*, twice/,
  });
  t.is(uploads(), 4);
});

test('what the source throws is not taken for GitHub’s fault', async (t) => {
  const { ensure, states } = await aDraft(t);
  const open = () =>
    Readable.from(
      (async function* () {
        yield Buffer.from('half');
        throw new Error('the collector is gone');
      })(),
    );
  const asset = assetOf('runner', Buffer.from('half and half'), { open });
  await t.throwsAsync(ensure(asset), { message: 'the collector is gone' });
  await t.throwsAsync(ensure(assetOf('log', Buffer.from('abc'), { open: () => Readable.from([Buffer.from('ab')]) })), {
    message: 'The content of log has only 2 bytes instead of the announced 3.',
  });
  await t.throwsAsync(ensure(assetOf('log', Buffer.from('abc'), { open: () => Readable.from([Buffer.from('abcd')]) })), {
    message: 'The content of log has more than the announced 3 bytes.',
  });
  t.true(states()?.every((one) => one.endsWith(' starter')));
});

/** Time that passes only when a test says so. */
function aClock() {
  const waiting = new Set<() => void>();
  const calledOff = new EventEmitter();
  const timer: Timer = (call) => {
    const one = () => call();
    waiting.add(one);
    return () => {
      waiting.delete(one);
      calledOff.emit('one');
    };
  };
  const strike = () => {
    for (const one of waiting) one();
  };
  const idle = async () => {
    while (waiting.size > 0) await once(calledOff, 'one');
  };
  return { timer, waiting, strike, idle };
}

test('an upload that stands still is left, and what had come of it is known again', async (t) => {
  const clock = aClock();
  const { place, ensure, upload } = await aDraft(t, { stallMs: 400, timer: clock.timer });
  const arrived = place.stand.faults.holdNext(upload);
  const still = t.throwsAsync(ensure(assetOf('still', Buffer.from('x'))), {
    instanceOf: GithubError,
    message: /no data was accepted for 0\.4 s/,
  });
  const release = await arrived;
  t.is(clock.waiting.size, 1);
  clock.strike();
  await still;
  release();
  t.false((await ensure(assetOf('still', Buffer.from('x')))).uploaded);
  t.is(clock.waiting.size, 0);
});

test('a source may take its time: only what GitHub does not take stands still', async (t) => {
  const clock = aClock();
  const { ensure } = await aDraft(t, { timer: clock.timer });
  const slow = (async function* () {
    for (let i = 0; i < 4; i++) {
      await clock.idle();
      clock.strike();
      yield Buffer.from('x');
    }
  })();
  t.true((await ensure(assetOf('slow', Buffer.from('xxxx'), { open: () => Readable.from(slow) }))).uploaded);
  t.is(clock.waiting.size, 0);
});

test('the time of an upload is that of the clock, where no other is given', async (t) => {
  const { place, ensure } = await aDraft(t, { stallMs: 50 });
  const silent = await loopback(t, () => undefined);
  place.stand.faults.failNext(/^GET .*releases\/\d+$/, {
    status: 200,
    body: wholeRelease(`${silent.url}/repos/${name}/releases/1/assets{?name,label}`),
  });
  await t.throwsAsync(ensure(assetOf('still', Buffer.from('x'))), { instanceOf: GithubError, message: /no data was accepted for 0\.05 s/ });
});

test('a great asset is read only as fast as GitHub takes it', async (t) => {
  const { place, ensure } = await aDraft(t);
  const bytes = 256 * 1024 * 1024;
  const chunk = randomBytes(1024 * 1024);
  let read = 0;
  const source = (async function* () {
    for (; read < bytes; read += chunk.length) yield chunk;
  })();
  let readBefore = 0;
  const server = createServer((request, response) => {
    setTimeout(() => {
      readBefore = read;
      request.resume().on('end', () => {
        response.writeHead(201, { 'content-type': 'application/json' });
        response.end(
          JSON.stringify({ id: 9, name: 'great', size: bytes, state: 'uploaded', digest: null, browser_download_url: 'http://x/' }),
        );
      });
    }, 300);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const upload_url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/assets{?name,label}`;
  place.stand.faults.failNext(/^GET .*releases\/\d+$/, { status: 200, body: wholeRelease(upload_url) });
  const asset = { name: 'great', bytes, contentType: 'application/gzip', open: () => Readable.from(source), opened: () => 0 };
  t.is((await ensure(asset)).bytes, bytes);
  t.true(readBefore > 0 && readBefore < 32 * 1024 * 1024, `${readBefore} bytes read before GitHub took any`);
});

test('what GitHub would not take is refused before anything is asked', async (t) => {
  const { place, ensure } = await aDraft(t);
  const before = place.stand.requests().length;
  await t.throwsAsync(ensure(assetOf('log', Buffer.alloc(0))), { instanceOf: UserError, message: /The asset log is empty/ });
  await t.throwsAsync(ensure(assetOf('log', Buffer.alloc(1), { bytes: 2 ** 31 })), { instanceOf: UserError, message: /less than 2 GiB/ });
  t.is(place.stand.requests().length, before);
});

test('a refusal in the middle of an upload is heard, and its words are those of GitHub', async (t) => {
  const { place, ensure, upload } = await aDraft(t);
  const asset = assetOf('runner', randomBytes(30_000_000));
  place.stand.faults.failNext(upload, { status: 403, body: { message: 'Resource not accessible by integration' } });
  await t.throwsAsync(ensure(asset), {
    instanceOf: UserError,
    message: /the asset runner of ada\/scheduler \(403 Resource not .*"Contents: write"/,
  });
  place.stand.faults.failNext(upload, { status: 502, body: { message: 'Bad Gateway' } });
  const error = await t.throwsAsync(ensure(asset), { instanceOf: GithubError, message: /answers 502 for the asset runner/ });
  t.true(error instanceof GithubError && error.retry);
  t.true((await ensure(asset)).uploaded);
});

test('a limit that an upload has reached holds for every request after it', async (t) => {
  const { place, ensure, upload } = await aDraft(t);
  place.stand.faults.rateLimitNext(upload, 900);
  for (const _ of [1, 2]) await t.throwsAsync(ensure(assetOf('a', Buffer.from('x'))), { message: /reached its rate limit \(until/ });
  const asked = place.stand.requests().length;
  await t.throwsAsync(place.client.check(name), { message: /reached its rate limit/ });
  t.is(place.stand.requests().length, asked);
});

test('a short limit is waited for, but not with a content that is read already', async (t) => {
  const { place, uploads, upload } = await aDraft(t);
  const log = { info() {}, warn() {}, error() {} };
  const { releases } = githubClient({ token: 'ghp_x', baseUrl: place.stand.url, log, retryMs: 1 });
  const id = place.stand.releases(name)[0]?.id ?? 0;
  place.stand.faults.secondaryLimitNext(upload, 1);
  const error = await t.throwsAsync(releases.ensureAsset(name, id, assetOf('a', Buffer.from('x'))), { instanceOf: GithubError });
  t.true(error instanceof GithubError && error.retryAt !== undefined);
  t.is(uploads(), 1);
  const asked = place.stand.requests().length;
  place.stand.faults.secondaryLimitNext(/^GET/, 1);
  t.true((await releases.ensureAsset(name, id, assetOf('a', Buffer.from('x')))).uploaded);
  t.is(place.stand.requests().length - asked, 4, 'one GET twice, the list, the upload');
});

test('a release that was published meanwhile keeps its assets, whatever is wanted in their place', async (t) => {
  const { place, ensure, uploads } = await aDraft(t);
  const wanted = draftOf(place);
  await ensure(assetOf('build.log', Buffer.from('one')));
  const { release } = (await place.releases.findRelease(name, wanted.tag, wanted.marker)) as { release: { id: number } };
  await place.releases.publish(name, release.id, { wanted, makeLatest: true });
  const error = await t.throwsAsync(ensure(assetOf('build.log', Buffer.from('two'))), {
    instanceOf: GithubError,
    message: /^release \d+ of \S+ is published, so its assets stay as they are\.$/,
  });
  t.true((error as GithubError).retry);
  t.is(uploads(), 1);
  t.is(String(await kept(place, 'v1.2.0', 'build.log')), 'one');
});

test('an asset that GitHub refuses as a duplicate before its list shows it can be tried again', async (t) => {
  const { place, ensure, states } = await aDraft(t);
  const { id } = await ensure(assetOf('SHA256SUMS', Buffer.from('sums')));
  await ensure(assetOf('runner', Buffer.from('x')));
  const list = `GET /repos/${name}/releases/${place.stand.releases(name)[0]?.id}/assets`;
  const shown = [{ id, name: 'SHA256SUMS', size: 4, state: 'uploaded', browser_download_url: 'http://x/' }];
  place.stand.faults.failNext(list, { status: 200, body: shown }, 2);
  const error = await t.throwsAsync(ensure(assetOf('runner', Buffer.from('y'))), {
    instanceOf: GithubError,
    message: 'GitHub refuses the asset runner as a duplicate, but lists none of that name or a similar one yet',
  });
  t.true((error as GithubError).retry);
  t.true((await ensure(assetOf('runner', Buffer.from('y')))).uploaded);
  t.deepEqual(states(), ['SHA256SUMS uploaded', 'runner uploaded']);
});

test('an upload address of another host gets nothing, and it is said what to set', async (t) => {
  const { place, ensure, uploads } = await aDraft(t);
  place.stand.faults.failNext(/^GET .*releases\/\d+$/, { status: 200, body: wholeRelease('http://elsewhere.example/assets{?name}') });
  const asset = assetOf('runner', Buffer.from('x'));
  const error = await t.throwsAsync(ensure(asset), {
    instanceOf: GithubError,
    message: /elsewhere\.example.*nothing is sent there\. Set GITHUB_API_URL to the address that GitHub names itself by\.$/,
  });
  t.false((error as GithubError).retry);
  t.deepEqual([uploads(), asset.opened()], [0, 0]);
});
