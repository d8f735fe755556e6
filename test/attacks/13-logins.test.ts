import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { parse, stringify } from 'yaml';
import { certificate, key } from '../fixtures/authority.ts';
import { sampleRepository } from '../fixtures/git-repository.ts';
import { type GitServer, gitServer } from '../fixtures/git-server.ts';
import { loopback } from '../fixtures/loopback.ts';
import { aWay, type Way } from '../way/way.ts';

const login = { username: 'ada', password: 'own-host-only-1' };
const variables = { GIT_USERNAME: login.username, GIT_PASSWORD: login.password };

interface Written {
  git: { httpHosts: string[]; logins?: unknown[] };
  registry: { api: string };
  repositories: { name: string; short: string; git: string; clone: string }[];
}

/** A private repository on one host, a public one on another, which as a public host does refuses a login that it does not know. */
async function twoHosts(t: ExecutionContext, botEnv: Record<string, string>, logins: (own: GitServer) => unknown[]) {
  const way = await aWay(t, { botEnv });
  const { sample, configFile } = way.world;
  const tools = sampleRepository(t);
  const own = await gitServer(dirname(sample.path), { login });
  const open = await gitServer(tools.root, {
    before: ({ headers }, response) =>
      headers.authorization !== undefined && !!response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end(),
  });
  t.teardown(() => Promise.all([own.close(), open.close()]));
  await changed(configFile, (config) => {
    const [scheduler] = config.repositories;
    if (!scheduler) return;
    const at = (server: GitServer, name: string) => ({ git: `${server.url}/${name}.git`, clone: `${server.url}/${name}.git` });
    config.repositories = [
      { ...scheduler, ...at(own, sample.name) },
      { ...scheduler, name: 'tools', short: 'tools', ...at(open, 'sample') },
    ];
    config.git = { httpHosts: [own.host, open.host], logins: logins(own) };
  });
  return { way, own, open, tools };
}

async function changed(file: string, change: (config: Written) => void): Promise<void> {
  const config = parse(await readFile(file, 'utf8')) as Written;
  change(config);
  await writeFile(file, stringify(config));
}

/** The Secrets of a run's namespace, with their values. */
async function secretsOf(way: Way, run: string): Promise<Record<string, Record<string, string>>> {
  const { namespace = '' } = (await way.record(run)) ?? {};
  const url = `${way.world.kubernetes?.url}/api/v1/namespaces/${namespace}/secrets`;
  const answer = await fetch(url);
  const { items } = (await answer.json()) as { items: { metadata: { name: string }; data?: Record<string, string> }[] };
  const plain = (data: Record<string, string> = {}) =>
    Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]));
  return Object.fromEntries(items.map(({ metadata, data }) => [metadata.name, plain(data)]));
}

const authorized = ({ headers }: GitServer) => headers.filter(({ authorization }) => authorization !== undefined).length;

test('a login goes to its own host; the public repository of another is read without it, by the bot and by pods', async (t) => {
  const { way, own, open, tools } = await twoHosts(t, variables, ({ host }) => [{ host }]);
  tools.commit('main');
  await way.start();
  t.deepEqual(
    way.lines.filter((line) => line.includes('poll of')),
    [],
  );
  await way.world.sample.commitGood();
  tools.commit('main', 'a tool');
  await way.passes('scheduler-1', 60_000);
  await way.until(async () => (await way.record('tools-1'))?.stages[0]?.state !== 'waiting');
  await way.until(async () => Object.keys(await secretsOf(way, 'tools-1')).includes('registry-config'));
  t.deepEqual((await secretsOf(way, 'scheduler-1'))['git-credentials'], login);
  t.is((await secretsOf(way, 'tools-1'))['git-credentials'], undefined);
  t.true(authorized(own) > 0);
  t.is(authorized(open), 0);
  t.log(`${authorized(own)} requests with the login at its host, ${authorized(open)} of ${open.headers.length} at the other`);
});

test('one login and two hosts: the start asks which one, and sends it nowhere', async (t) => {
  const { way, own, open } = await twoHosts(t, variables, () => []);
  way.world.bot.start();
  await way.until(() => way.lines.some((line) => line.includes('several hosts')));
  t.regex(
    way.lines.join('\n'),
    /GIT_USERNAME: and GIT_PASSWORD are a single login, but the repositories are on several hosts \(.*say under git\.logins/,
  );
  await way.until(() => !way.world.bot.running);
  t.is(own.headers.length + open.headers.length, 0);
});

test("a registry's password does not go over plain http where its api is https, whatever its realm says", async (t) => {
  const heard: (string | undefined)[] = [];
  const realm = await loopback(t, (request, response) => {
    heard.push(request.headers.authorization);
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"token":"t"}');
  });
  const challenge = { 'www-authenticate': `Bearer realm="${realm.url}/token"` };
  const registry = createServer({ key, cert: certificate }, (_, response) => response.writeHead(401, challenge).end());
  await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
  t.teardown(() => registry.close());
  const ca = join(await mkdtemp(join(tmpdir(), 'coxswain-ca-')), 'ca.pem');
  await writeFile(ca, certificate);
  const password = { REGISTRY_USERNAME: 'ada', REGISTRY_PASSWORD: 'own-host-only-2' };
  const way = await aWay(t, { botEnv: { ...password, NODE_EXTRA_CA_CERTS: ca } });
  await changed(way.world.configFile, (config) => {
    config.registry.api = `https://127.0.0.1:${(registry.address() as AddressInfo).port}`;
  });
  await way.start();
  await way.world.sample.commitGood();
  await way.until(
    () => heard.length > 0 || /the login is not sent over plain http/.test(way.shown('scheduler-1') + way.threadWords('scheduler-1')),
    90_000,
  );
  t.deepEqual(heard, []);
});
