import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { certificate, key } from '../fixtures/authority.ts';
import { type GitServer, type GitServerOptions, gitServer } from '../fixtures/git-server.ts';
import { clone, run, scene } from './cloning.ts';

const login = { username: 'ada', password: 'open $esame' };
const variables = { GIT_USERNAME: login.username, GIT_PASSWORD: login.password };

/** The scene, and a real git server for its folder. */
async function served(t: ExecutionContext, options: GitServerOptions = {}) {
  const here = await scene(t);
  const server = await gitServer(here.folder, options);
  t.teardown(() => server.close());
  return { ...here, server };
}

/** Whether any request carried a login. */
const gotLogin = ({ headers }: GitServer) => headers.some(({ authorization }) => authorization !== undefined);

// What git and a URL hold apart, and what `$(NAME)` of Kubernetes would replace.
const strange = [
  '+',
  '@',
  ',',
  '=',
  '()',
  '!',
  '$',
  '&',
  ';',
  ':',
  '*',
  '[',
  ']',
  "'",
  '~',
  '$$',
  '$(WORKSPACE)',
  '|',
  '%20',
  '%25',
  '%2B',
  'é',
];
for (const sign of strange) {
  test(`an address with ${sign} finds its login`, async (t) => {
    const { folder, origin, second, workspace, server } = await served(t, { login });
    await run('git', [
      'clone',
      '--quiet',
      '--bare',
      origin,
      join(folder, decodeURIComponent(`team${sign}one`), `app${decodeURIComponent(sign)}x.git`),
    ]);
    const url = `${server.url}/team${sign}one/app${sign}x.git`;
    t.regex(await clone({ workspace, url, commit: second, variables }), /cloned at/);
  });
}

test('a redirect on the same host, to the address with .git, keeps the login', async (t) => {
  const { second, workspace, server } = await served(t, {
    login,
    before: ({ url = '' }, response) => {
      if (!url.startsWith('/plain')) return false;
      response.writeHead(301, { location: url.replace('/plain', '/origin/.git') }).end();
      return true;
    },
  });
  t.regex(await clone({ workspace, url: `${server.url}/plain`, commit: second, variables }), /cloned at/);
});

for (const asks of [false, true]) {
  test(`a redirect to another port gets no login, ${asks ? 'after' : 'before'} the first server asked for one`, async (t) => {
    const { folder, second, workspace } = await scene(t);
    const other = await gitServer(folder, { login });
    const server = await gitServer(folder, {
      before: ({ url = '', headers }, response) => {
        if (asks && headers.authorization === undefined) response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
        else response.writeHead(302, { location: `${other.url}${url}` }).end();
        return true;
      },
    });
    t.teardown(() => Promise.all([server.close(), other.close()]));
    const failed = clone({ workspace, url: `${server.url}/origin/.git`, commit: second, variables, hasty: true });
    await t.throwsAsync(failed, { message: asks ? /Authentication failed/ : new RegExp(`could not read Username for '${other.url}'`) });
    t.is(gotLogin(server), asks);
    t.false(gotLogin(other));
  });
}

/** Of 60 commits, the one that a server which names no commit by its id still holds. */
async function old(t: ExecutionContext, settings: readonly string[]) {
  const here = await served(t, { old: true });
  for (let n = 0; n < 60; n++) await here.git('commit', '--quiet', '--allow-empty', '--message', `${n}`);
  for (const setting of settings) await here.git('config', setting, 'false');
  return { ...here, url: `${here.server.url}/origin/.git` };
}

const refusing = ['uploadpack.allowAnySHA1InWant', 'uploadpack.allowReachableSHA1InWant', 'uploadpack.allowTipSHA1InWant'];

test('where a server gives out no commit by its id, its branch is deepened until the commit is there', async (t) => {
  const { second, workspace, url } = await old(t, refusing);
  t.regex(
    await clone({ workspace, url, commit: second }),
    /does not give out the commit by its id; looking for it on branch main\s+cloned at/,
  );
  const git = async (...args: string[]) => (await run('git', ['-C', join(workspace, 'source'), ...args])).stdout.trim();
  t.is(await git('rev-parse', 'HEAD'), second);
  t.is(await git('show', 'HEAD:greeting'), 'second');
  t.is(await git('for-each-ref'), '');
});

test('a server that fails is not said to give out no commit by its id', async (t) => {
  const { folder, second, workspace } = await scene(t);
  const server = await gitServer(folder, { before: (_, response) => !!response.writeHead(503).end() });
  t.teardown(() => server.close());
  const failed = clone({ workspace, url: `${server.url}/origin/.git`, commit: second, hasty: true });
  const { stdout = '', stderr = '' } = (await t.throwsAsync<Error & { stdout?: string; stderr?: string }>(failed)) ?? {};
  t.regex(stderr, /returned error: 503/);
  t.regex(stdout, /trying again in 5 s\s+looking for the commit on branch main instead\s+cannot fetch/);
});

test('a commit that a forced push removed is said to be gone from its branch', async (t) => {
  const { git, second, commit, workspace, url } = await old(t, refusing);
  await git('reset', '--quiet', '--hard', 'HEAD~60');
  await git('commit', '--quiet', '--amend', '--message', 'other');
  t.not(await commit('third'), second);
  const error = await t.throwsAsync<Error & { stderr: string }>(clone({ workspace, url, commit: second, hasty: true }));
  t.regex(error?.stderr ?? '', new RegExp(`commit ${second} is not on branch main of ${url} any more`));
});

test('so is one whose branch was deleted', async (t) => {
  const { second, workspace, url } = await old(t, refusing);
  const error = await t.throwsAsync<Error & { stderr: string }>(clone({ workspace, url, commit: second, branch: 'gone', hasty: true }));
  t.regex(error?.stderr ?? '', new RegExp(`commit ${second} is not on branch gone of ${url} any more`));
});

test('a server of plain files is cloned in full', async (t) => {
  const { folder, origin, git, second, workspace } = await scene(t);
  await git('commit', '--quiet', '--allow-empty', '--message', 'later');
  await run('git', ['clone', '--quiet', '--bare', origin, join(folder, 'dumb.git')]);
  await run('git', ['-C', join(folder, 'dumb.git'), 'update-server-info']);
  const server = await gitServer(folder, {
    before: (request) => {
      request.url = request.url?.split('?')[0] ?? '';
      return false;
    },
  });
  t.teardown(() => server.close());
  t.regex(await clone({ workspace, url: `${server.url}/dumb.git`, commit: second }), /cloned at/);
});

test('a server with an authority of its own is trusted, and only then', async (t) => {
  const { folder, second, workspace, server } = await served(t, { tls: { cert: certificate, key } });
  const url = `${server.url}/origin/.git`;
  const error = await t.throwsAsync(clone({ workspace, url, commit: second, hasty: true }));
  t.regex(error?.message ?? '', /certificate/);
  const authorities = join(folder, 'authorities');
  mkdirSync(authorities);
  writeFileSync(join(authorities, 'ca.crt'), certificate);
  t.regex(await clone({ workspace, url, commit: second, authorities }), /cloned at/);
});

const asRoot = process.getuid?.() === 0 ? test : test.skip;
asRoot('a local repository of another owner is cloned', async (t) => {
  const { folder, origin, second, workspace } = await scene(t);
  const bare = join(folder, 'bare.git');
  await run('git', ['clone', '--quiet', '--bare', origin, bare]);
  chownSync(bare, 65534, 65534);
  t.regex(await clone({ workspace, url: bare, commit: second }), /cloned at/);
});

test('what the image configures for git still holds', async (t) => {
  const { origin, second, workspace } = await scene(t);
  writeFileSync(join(workspace, '.gitconfig'), `[url "${origin}"]\n\tinsteadOf = https://git.example.com/app\n`);
  t.regex(await clone({ workspace, url: 'https://git.example.com/app', commit: second }), /cloned at/);
});
