import { renameSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import test, { type ExecutionContext } from 'ava';
import { HalfAnswer } from '../../../src/clients/http/half-answer.ts';
import { sampleRepository } from '../../fixtures/git-repository.ts';
import { polled } from './polled.ts';

/** A polled repository whose server can be changed between the polls. */
async function world(t: ExecutionContext) {
  const present: { before?: (request: IncomingMessage, response: ServerResponse) => boolean; old?: boolean } = {};
  const { sample, server, git, repository } = await polled(t, (request, response) => {
    if (present.old) delete request.headers['git-protocol'];
    return present.before?.(request, response) ?? false;
  });
  return { sample, server, present, heads: () => git.heads(repository) };
}

test('a proxy that stops passing Git-Protocol is noticed within the poll', async (t) => {
  const { sample, present, heads } = await world(t);
  const main = sample.commit('main');
  t.deepEqual(await heads(), { main });
  present.old = true;
  t.deepEqual(await heads(), { main });
  present.old = false;
  t.deepEqual(await heads(), { main });
});

test('a repository that is made anew as SHA-256 is read by the next poll', async (t) => {
  const { sample, heads } = await world(t);
  const main = sample.commit('main');
  t.deepEqual(await heads(), { main });
  rmSync(sample.path, { recursive: true });
  const anew = sampleRepository(t, '--object-format=sha256');
  const next = anew.commit('main');
  renameSync(anew.path, sample.path);
  t.is(next.length, 64);
  await heads().catch(() => undefined);
  t.deepEqual(await heads(), { main: next });
});

const recovers = test.macro(async (t, before: (request: IncomingMessage, response: ServerResponse) => boolean) => {
  const { sample, server, present, heads } = await world(t);
  const main = sample.commit('main');
  t.deepEqual(await heads(), { main });
  present.before = before;
  await t.throwsAsync(heads());
  present.before = () => false;
  const asked = server.requests.length;
  t.deepEqual(await heads(), { main });
  t.deepEqual(server.requests.slice(asked), ['GET /sample.git/info/refs 200', 'POST /sample.git/git-upload-pack 200']);
});
const status = (code: number) => (_: unknown, response: ServerResponse) => !!response.writeHead(code).end('x');
test('capabilities are asked anew after 500', recovers, status(500));
test('capabilities are asked anew after 404', recovers, status(404));
test(
  'capabilities are asked anew after another content type',
  recovers,
  (_, response) => !!response.writeHead(200, { 'content-type': 'text/plain' }).end('maintenance'),
);
test('capabilities are asked anew after an empty answer', recovers, (_, response) => !!response.writeHead(200).end());
test('capabilities are asked anew after a closed connection', recovers, (request) => !!request.destroy());

test('an empty success, as of a git http-backend whose git died, is half an answer and no empty repository', async (t) => {
  const { sample, present, heads } = await world(t);
  sample.commit('main');
  for (const type of ['advertisement', 'result']) {
    present.before = (_, response) => !!response.writeHead(200, { 'content-type': `application/x-git-upload-pack-${type}` }).end();
    await t.throwsAsync(heads(), { instanceOf: HalfAnswer, message: /sent half an answer about \/sample\.git: it is empty/ });
  }
});
