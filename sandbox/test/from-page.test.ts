/** The stand-ins ask for no password, and the one for Kubernetes runs programs: a web page must not reach any of them. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { parse } from 'yaml';
import { startGitServer } from '../src/git/server.ts';
import { startKubernetes } from '../src/kubernetes/kubernetes.ts';
import { startRegistry } from '../src/registry/registry.ts';
import { startSlack } from '../src/slack/start.ts';

interface Part {
  readonly url: string;
  close(): Promise<void>;
}

const starts: Record<string, [path: string, start: (folder: string) => Promise<Part>]> = {
  Kubernetes: ['/api/v1/namespaces/default/pods', (folder) => startKubernetes({ folder, registries: {} })],
  registry: ['/v2/', (folder) => startRegistry({ folder })],
  git: ['/any.git/info/refs', (folder) => startGitServer({ folder })],
  Slack: ['/files/F1', slack],
};

async function slack(): Promise<Part> {
  const manifest: unknown = parse(await readFile(new URL('../../slack-manifest.yml', import.meta.url), 'utf8'));
  const { url, close } = await startSlack({ manifest, botToken: 'xoxb-1', appToken: 'xapp-1' });
  return { url: new URL(url).origin, close };
}

async function started(t: ExecutionContext, start: (folder: string) => Promise<Part>): Promise<Part> {
  const folder = await mkdtemp(join(tmpdir(), 'from-page-'));
  const part = await start(folder);
  t.teardown(async () => {
    await part.close();
    await rm(folder, { recursive: true, force: true });
  });
  return part;
}

/** fetch sets Host itself, so this is a plain request. */
function status(url: string, method: string, headers: Record<string, string>, body = ''): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const sent = request(url, { method, headers }, (response) => {
    response.resume();
    resolve(response.statusCode ?? 0);
  });
  sent.once('error', reject).end(body);
  return promise;
}

for (const [name, [path, start]] of Object.entries(starts)) {
  test(`the stand-in for ${name} answers programs, and no web page: not of another site, and not by DNS rebinding`, async (t) => {
    const { url } = await started(t, start);
    const { port } = new URL(url);
    const as = (headers: Record<string, string>) => status(url + path, 'GET', headers);
    t.not(await as({}), 403);
    t.not(await as({ host: `localhost:${port}` }), 403);
    t.not(await as({ host: `[::1]:${port}` }), 403);
    t.is(await as({ host: `evil.example:${port}` }), 403);
    t.is(await as({ origin: 'https://evil.example' }), 403);
    t.is(await as({ origin: 'null' }), 403);
    t.is(await as({ 'sec-fetch-site': 'cross-site' }), 403);
  });
}

test('a form of a web page cannot start a program through the stand-in for Kubernetes', async (t) => {
  const { url } = await started(t, (folder) => startKubernetes({ folder, registries: {}, programs: [{ match: /^busybox/ }] }));
  const container = { name: 'main', image: 'busybox', command: ['sh', '-c', 'echo run'] };
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, spec: { restartPolicy: 'Never', containers: [container] } };
  const form = { 'content-type': 'text/plain', origin: 'https://evil.example' };
  t.is(await status(`${url}/api/v1/namespaces/default/pods`, 'POST', form, JSON.stringify(pod)), 403);
  t.is(await status(`${url}/api/v1/namespaces/default/pods/x`, 'GET', {}), 404);
});
