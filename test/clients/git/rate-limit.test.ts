import test, { type ExecutionContext } from 'ava';
import { hostLimits } from '../../../src/clients/http/host-limits.ts';
import { HttpError } from '../../../src/clients/http/http-error.ts';
import { polled } from './polled.ts';

/** A repository whose server refuses requests of some clients. */
async function world(t: ExecutionContext, refuses: (agent: string) => { readonly 'retry-after'?: string } | undefined, status = 429) {
  const { sample, server, git, repository } = await polled(t, (request, response) => {
    const headers = refuses(request.headers['user-agent'] ?? '');
    return headers !== undefined && !!response.writeHead(status, headers).end();
  });
  return { git, repository, server, sha: sample.commit('main') };
}

test('a host that asks for an hour gets one request in ten polls', async (t) => {
  const { git, repository, server } = await world(t, () => ({ 'retry-after': '3600' }));
  for (let i = 0; i < 10; i += 1)
    await t.throwsAsync(git.heads(repository), { instanceOf: HttpError, message: /asks? to wait|asked to wait/ });
  t.is(server.requests.length, 1);
  t.true(hostLimits.left(server.host) > 3_500_000);
});

test('a limit that is answered with 403 is one, and no missing access', async (t) => {
  const { git, repository, server } = await world(t, () => ({ 'retry-after': '3600' }), 403);
  const error = await t.throwsAsync(git.heads(repository), { instanceOf: HttpError, message: /answers 403 .* asks to wait \(3600\)/ });
  t.true(error.retry);
  t.true(hostLimits.left(server.host) > 3_500_000);
});

test('the hour that is asked of the git program, which does not report it, is learned and kept', async (t) => {
  let limited = false;
  const { git, repository, server, sha } = await world(t, () => (limited ? { 'retry-after': '3600' } : undefined));
  await git.heads(repository);
  limited = true;
  for (let i = 0; i < 10; i += 1) await t.throwsAsync(git.file(repository, 'main', sha, 'file'), { instanceOf: HttpError });
  t.true(hostLimits.left(server.host) > 3_500_000);
  t.true(server.requests.length <= 5, server.requests.join('\n'));
});

test('where only the git program is refused, its host is left alone for a minute and then for longer', async (t) => {
  const { git, repository, server, sha } = await world(t, (agent) => (agent.startsWith('git/') ? {} : undefined));
  const error = await t.throwsAsync(git.file(repository, 'main', sha, 'file'), {
    instanceOf: HttpError,
    message: /has asked to wait for 60 s/,
  });
  t.true(error.retryAt instanceof Date);
  const asked = server.requests.length;
  await t.throwsAsync(git.heads(repository), { message: /has asked to wait/ });
  t.is(server.requests.length, asked);
});
