import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Github, git, startGithub } from '@coxswain/sandbox';
import test, { type ExecutionContext } from 'ava';
import { parse, stringify } from 'yaml';
import { gitServer } from '../fixtures/git-server.ts';
import { ada, aWay, type Way } from '../way/way.ts';

const GITHUB_APP_KEY = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();

/** What an installation token was given for. */
interface Given {
  readonly permissions: Readonly<Record<string, string>>;
  readonly repositories?: readonly { readonly name: string }[];
}

/** GitHub at one address, as people have it: its API, and its repositories for whoever brings a token of the App that may do this. */
class Hub {
  readonly tokens = new Map<string, Given>();
  /** What each request of git was let in with: `git-receive-pack write`. */
  readonly served: string[] = [];
  readonly refused: string[] = [];
  readonly #stand: Github;

  constructor(stand: Github) {
    this.#stand = stand;
  }

  /** Answers what is not git's, and refuses what no token allows. */
  before(request: IncomingMessage, response: ServerResponse): boolean {
    if (request.url?.startsWith('/api/')) {
      void this.#api(request, response);
      return true;
    }
    const [, basic = ''] = /^Basic (.*)$/.exec(request.headers.authorization ?? '') ?? [];
    const [user, token = ''] = Buffer.from(basic, 'base64').toString().split(':');
    const given = user === 'x-access-token' ? this.tokens.get(token) : undefined;
    const pushes = /git-receive-pack/.test(request.url ?? '');
    if (given && (!pushes || given.permissions.contents === 'write')) {
      this.served.push(
        `${pushes ? 'push' : 'read'} with ${given.permissions.contents} to ${given.repositories?.map(({ name }) => name) ?? 'all'}`,
      );
      return false;
    }
    if (basic) this.refused.push(`${request.method} ${request.url}`);
    response.writeHead(401, { 'www-authenticate': 'Basic realm="GitHub"' }).end();
    return true;
  }

  async #api(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = (await request.toArray()).join('');
    const { authorization = '' } = request.headers;
    const answer = await fetch(new URL(request.url ?? '', this.#stand.url), {
      method: request.method ?? 'GET',
      headers: { authorization, 'content-type': 'application/json' },
      ...(body && { body }),
    });
    const text = await answer.text();
    if (request.url?.endsWith('/access_tokens') && answer.ok) this.tokens.set(JSON.parse(text).token, JSON.parse(text));
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' }).end(text);
  }
}

async function hub(t: ExecutionContext): Promise<{ way: Way; hub: Hub }> {
  const way = await aWay(t, { botEnv: { GITHUB_APP_ID: '7', GITHUB_APP_INSTALLATION_ID: '42', GITHUB_APP_KEY } });
  const { sample, configFile, bot } = way.world;
  // The login is looked at here, and not by git.
  await git(['config', 'http.receivepack', 'true'], { cwd: sample.path });
  const stand = await startGithub({ folder: await mkdtemp(join(tmpdir(), 'coxswain-hub-')), token: 'none', repositories: {} });
  const at = new Hub(stand);
  const server = await gitServer(dirname(sample.path), { before: (request, response) => at.before(request, response) });
  t.teardown(() => Promise.all([server.close(), stand.close()]));
  bot.add({ GITHUB_API_URL: `${server.url}/api/v3` });
  const config = parse(await readFile(configFile, 'utf8'));
  const address = `${server.url}/${sample.name}.git`;
  Object.assign(config.repositories[0], { git: address, clone: address });
  config.git = { httpHosts: [server.host], logins: [{ host: server.host, kind: 'github-app' }] };
  await writeFile(configFile, stringify(config));
  return { way, hub: at };
}

test('with a GitHub App a repository is polled, fetched, cloned by pods and pushed to, by tokens that may do no more than that', async (t) => {
  const { way, hub: at } = await hub(t);
  const { sample } = way.world;
  await way.start();
  await sample.commitGood();
  await way.passes('scheduler-1', 60_000);
  const before = (await git(['rev-parse', 'main'], { cwd: sample.path })).trim();
  await way.slack.type(ada, '#ci', '/cox version scheduler patch');
  await way.until(() => way.lines.some((line) => line.includes('was pushed by the bot on top of the last seen commit')));
  t.is(await git(['log', '-1', '--format=%P', 'main'], { cwd: sample.path }), `${before}\n`);
  t.deepEqual(at.refused, []);
  t.deepEqual([...new Set(at.served)].toSorted(), ['push with write to all', 'read with read to scheduler', 'read with write to all']);
  t.notRegex(way.lines.join('\n'), /ghs_[0-9a-f]/);
  t.log(`${at.served.length} requests of git with ${at.tokens.size} tokens`);
});
