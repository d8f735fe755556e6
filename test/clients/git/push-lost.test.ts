import { chmodSync, writeFileSync } from 'node:fs';
import { request as ask, createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { gitClient } from '../../../src/clients/git/git-client.ts';
import { GitError } from '../../../src/clients/git/program/git-cli.ts';
import { demandArrived } from '../../../src/clients/git/push-outcome.ts';
import { httpClient } from '../../../src/clients/http/http-client.ts';
import { HttpError } from '../../../src/clients/http/http-error.ts';
import { UserError } from '../../../src/core/errors.ts';
import { loginAt } from '../../fixtures/git-login.ts';
import { sampleRepository } from '../../fixtures/git-repository.ts';
import { gitServer } from '../../fixtures/git-server.ts';

type Answered = (response: ServerResponse, from: IncomingMessage) => void;

/** A repository that is pushed to through a proxy, which decides what becomes of the answer to a push. */
async function world(
  t: ExecutionContext,
  {
    hook,
    pushed,
    refused,
  }: { hook?: string; pushed?: (response: ServerResponse) => Answered | undefined; refused?: (response: ServerResponse) => void },
) {
  const sample = sampleRepository(t);
  sample.git('config', 'http.receivepack', 'true');
  if (hook !== undefined) {
    sample.git('config', 'core.hooksPath', sample.root);
    writeFileSync(join(sample.root, 'pre-receive'), `#!/bin/sh\n${hook}\n`);
    chmodSync(join(sample.root, 'pre-receive'), 0o755);
  }
  const server = await gitServer(sample.root);
  const proxy = createServer((request, response) => {
    const isPush = request.method === 'POST' && request.url?.endsWith('git-receive-pack');
    if (isPush && refused) return refused(response);
    const answered = isPush ? pushed?.(response) : undefined;
    const { port } = new URL(server.url);
    const to = { host: '127.0.0.1', port, method: request.method, path: request.url, headers: request.headers };
    const forwarded = ask(to, (answer) => {
      if (answered) return answered(response, answer);
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    // One side may be gone while the other still speaks.
    forwarded.on('error', () => response.destroy());
    request.on('error', () => undefined);
    request.pipe(forwarded);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const http = httpClient();
  t.teardown(async () => {
    proxy.closeAllConnections();
    proxy.close();
    await http.close();
    await server.close();
  });
  const host = `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const rules = { httpHosts: [host], localRoots: [], botEmail: 'bot@example.com' };
  const login = { username: 'bot', password: 'open sesame' };
  const log = { info() {}, warn() {}, error() {} };
  const git = gitClient({ folder: join(sample.root, 'cache'), rules, http, log, ...loginAt(host, login) });
  const url = `http://${host}/sample.git`;
  const repository = { name: 's', short: 's', git: url, clone: url, branches: ['**'], channel: '#ci', stages: [] };
  const author = { name: 'coxswain', email: 'bot@example.com' };
  const write = (parent: string) =>
    git.pushFile(repository, { branch: 'main', parent, path: 'file', text: 'new', message: 'Bump', topic: 'x', author });
  return { sample, write };
}

test('a push whose answer is lost has happened where the branch is at its commit', async (t) => {
  const { sample, write } = await world(t, { pushed: () => (response) => void response.destroy() });
  const sha = await write(sample.commit('main'));
  t.is(sample.git('rev-parse', 'main'), sha);
  t.is(sample.git('rev-list', '--count', 'main'), '2');
});

test('a push whose connection is lost while a hook of the server works is waited for', async (t) => {
  const pushed = (response: ServerResponse) => {
    setTimeout(() => response.destroy(), 200);
    return () => undefined;
  };
  const { sample, write } = await world(t, { hook: 'sleep 2', pushed });
  const sha = await write(sample.commit('main'));
  t.is(sample.git('rev-parse', 'main'), sha);
  t.is(sample.git('rev-list', '--count', 'main'), '2');
});

test('a push that is answered with 502 and moves the branch elsewhere is not said to have failed', async (t) => {
  let other = '';
  const { sample, write } = await world(t, {
    pushed: () => (response) => {
      other = sample.commit('main', 'on top');
      response.writeHead(502).end();
    },
  });
  await t.throwsAsync(write(sample.commit('main')), {
    instanceOf: UserError,
    message:
      /The answer to the push to `main` was lost .*, and the branch has moved to [0-9a-f]{7}: before trying again, look there for commit [0-9a-f]{7}\./,
  });
  t.is(sample.git('rev-parse', 'main'), other);
});

const to = 'To https://git.example.com/read-only/permission-401.git';
const failed = "error: failed to push some refs to 'https://git.example.com/read-only/permission-401.git'";
const lost: Readonly<Record<string, string>> = {
  'in its address': `fatal: unable to access 'https://git.example.com/read-only/permission-401.git/': Empty reply from server`,
  'in what a hook says': 'remote: Permission denied is what you read if this fails\nfatal: the remote end hung up unexpectedly',
  'in a branch, of which the server has reported nothing': `${to}\n ! [remote failure] permission denied -> x (remote failed to report status)\n${failed}`,
};
const outcome = (stderr: string, head = 'b'.repeat(40)) => {
  const push = { sha: 'c'.repeat(40), parent: 'a'.repeat(40), branch: 'main', login: 'none', head: async () => head };
  return demandArrived(push, new GitError('git push says', `${stderr}\n`));
};
for (const [where, stderr] of Object.entries(lost)) {
  test(`a push whose answer is lost is not refused because of a word ${where}`, async (t) => {
    await t.throwsAsync(outcome(stderr), { instanceOf: UserError, message: /^The answer to the push to `main` was lost/ });
  });
}
for (const stderr of [
  `${to}\n ! [remote rejected] main -> main (failed to update ref)\n${failed}`,
  'remote: User permission denied for writing.\nfatal: Could not read from remote repository.',
  'ERROR: The key you are authenticating with has been marked as read only.\nfatal: Could not read from remote repository.',
  "fatal: unable to access 'https://git.example.com/x.git/': The requested URL returned error: 403",
]) {
  test(`a push that is refused is not lost: ${stderr.replaceAll('\n', ' ')}`, async (t) => {
    await t.throwsAsync(outcome(stderr), { instanceOf: UserError, message: /has moved in the meantime, so nothing was written/ });
  });
}

test('what a server says of permissions when it refuses a push is about the login', async (t) => {
  const words = " ! [remote rejected] main -> main (TF401027: You need the Git 'GenericContribute' permission)";
  await t.throwsAsync(outcome(`${to}\n${words}\n${failed}`, 'a'.repeat(40)), {
    instanceOf: UserError,
    message: /its login needs write access/,
  });
});

test('a push that is refused with 429 was not taken: its host is left alone, and the branch not looked at', async (t) => {
  let asked = 0;
  const { sample, write } = await world(t, {
    refused(response) {
      asked += 1;
      response.writeHead(429).end();
    },
  });
  const parent = sample.commit('main');
  const error = await t.throwsAsync(write(parent), { instanceOf: HttpError, message: /has asked to wait for \d+ s/ });
  t.true(error.retryAt instanceof Date);
  await t.throwsAsync(write(parent), { instanceOf: HttpError, message: /has asked to wait/ });
  t.is(asked, 1);
  t.is(sample.git('rev-parse', 'main'), parent);
});

test("a lock on the server is not said to be a branch that has moved; the server's words are", async (t) => {
  const { sample, write } = await world(t, {});
  const parent = sample.commit('main');
  writeFileSync(join(sample.path, 'refs/heads/main.lock'), '');
  await t.throwsAsync(write(parent), {
    instanceOf: UserError,
    message: /The server did not take the push to `main`, so nothing was written \(.*(cannot lock ref|failed to update ref)/,
  });
});

test('a hook that refuses is a rule of the server, in its words', async (t) => {
  const { sample, write } = await world(t, { hook: 'echo "no bumps on Fridays" >&2; exit 1' });
  await t.throwsAsync(write(sample.commit('main')), {
    instanceOf: UserError,
    message: /A rule on the server forbids .*no bumps on Fridays/,
  });
});
