import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as ask, createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { certificate, key } from '../fixtures/authority.ts';
import { sampleRepository } from '../fixtures/git-repository.ts';
import { type GitServerOptions, gitServer } from '../fixtures/git-server.ts';
import { json, loopback } from '../fixtures/loopback.ts';
import { said } from './said.ts';

test('doctor looks at everything that it can, whatever else is missing, and gives 1', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'doctor-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const repository = join(folder, 'demo');
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', repository, '-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...args]);
  execFileSync('git', ['init', '--quiet', '--initial-branch=main', repository]);
  git('commit', '--quiet', '--allow-empty', '--message', 'first');
  const file = join(folder, 'coxswain.yaml');
  writeFileSync(
    file,
    `{instance: lab, channel: "#ci", registry: {push: "127.0.0.1:9", pull: "127.0.0.1:9", api: "http://127.0.0.1:9"}, git: {localRoots: [${folder}]},
    repositories: [{name: demo, git: ${repository}, stages: [{name: image, image: {template: makisu, repository: demo}}]}]}`,
  );
  const env = { PATH: process.env.PATH, SLACK_BOT_TOKEN: 'xoxb-1', KUBECONFIG: join(folder, 'gone') };
  const { code, printed } = await said(['doctor', file], env);
  t.is(code, 1);
  t.regex(printed, /^FAILED {3}Environment: SLACK_APP_TOKEN: is not set.*\n {9}next: Set it/m);
  t.regex(printed, /^ok {7}Git: demo: .*demo: main at [0-9a-f]{7}$/m);
  t.regex(printed, /^FAILED {3}Cluster: .*gone/m);
  t.regex(printed, /^FAILED {3}Registry: api/m);
  t.regex(printed, /^unknown {2}Registry: pull/m);
  t.regex(printed, /^warning {2}Layer cache: not configured/m);
});

test('doctor asks GitHub as the bot would, and finds mistakes of other settings too', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'doctor-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const asked: string[] = [];
  const github = await loopback(t, ({ url, headers }, response) => {
    asked.push(`${url} ${headers.authorization}`);
    json(response, 200, { full_name: 'acme/demo', private: false, permissions: { push: true } }, { 'x-ratelimit-remaining': '41' });
  });
  const file = join(folder, 'coxswain.yaml');
  writeFileSync(
    file,
    `{instance: lab, channel: "#ci", registry: {push: "127.0.0.1:9", pull: "127.0.0.1:9", api: "http://127.0.0.1:9"}, git: {localRoots: [${folder}]},
    repositories: [{name: demo, github: acme/demo, git: ${folder}, stages: [{name: image, image: {template: makisu, repository: demo}}]}]}`,
  );
  const env = { PATH: process.env.PATH, KUBECONFIG: join(folder, 'gone'), GITHUB_TOKEN: 'ghp_x', GITHUB_API_URL: github.url };
  t.regex((await said(['doctor', file], env)).printed, /^ok {7}GitHub: demo: GITHUB_TOKEN reads acme\/demo; may push; 41 requests left/m);
  t.deepEqual(asked, ['/repos/acme/demo token ghp_x']);
  const half = await said(['doctor', file], { ...env, GITHUB_TOKEN: '', GITHUB_APP_ID: '7' });
  t.regex(half.printed, /^FAILED {3}Environment: GITHUB_APP_INSTALLATION_ID: is not set/m);
  t.notRegex(half.printed, /GitHub: demo/);
});

test('doctor does not repeat a password that a server says back', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'doctor-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const server = await loopback(t, ({ headers }, response) => {
    const [, login = ''] = (headers.authorization ?? '').split(' ');
    const words = `ERR ${login} is ${Buffer.from(login, 'base64')}`;
    response.setHeader('content-type', 'application/x-git-upload-pack-advertisement');
    response.end(`${(words.length + 4).toString(16).padStart(4, '0')}${words}`);
  });
  const file = join(folder, 'coxswain.yaml');
  writeFileSync(
    file,
    `{instance: lab, channel: "#ci", registry: {push: "127.0.0.1:9", pull: "127.0.0.1:9", api: "http://127.0.0.1:9"}, git: {httpHosts: ["${server.host}"]},
    repositories: [{name: demo, git: "${server.url}/demo.git", stages: [{name: image, image: {template: makisu, repository: demo}}]}]}`,
  );
  const env = { PATH: process.env.PATH, KUBECONFIG: join(folder, 'gone'), GIT_USERNAME: 'ada', GIT_PASSWORD: 'hunter2-hunter2' };
  const { printed } = await said(['doctor', file], env);
  t.regex(printed, /FAILED {3}Git: demo: .*\[redacted\]/);
  t.notRegex(printed, /hunter2|aHVudGVyMi1odW50ZXIy/);
});

const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

async function world(t: ExecutionContext, options: GitServerOptions, url = (own: string) => own) {
  const sample = sampleRepository(t);
  sample.commit('main');
  const server = await gitServer(sample.root, options);
  t.teardown(server.close);
  const [file, ca] = [join(sample.root, 'coxswain.yaml'), join(sample.root, 'ca.pem')];
  writeFileSync(ca, certificate);
  const git = `${url(server.url)}/sample.git`;
  writeFileSync(
    file,
    `{instance: lab, channel: "#ci", registry: {push: "127.0.0.1:9", pull: "127.0.0.1:9", api: "http://127.0.0.1:9"},
    git: {httpHosts: ["${new URL(git).host}"]},
    repositories: [{name: demo, git: "${git}", stages: [{name: image, image: {template: makisu, repository: demo}}]}]}`,
  );
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const env = { PATH, NODE_COMPILE_CACHE, HOME: sample.root, KUBECONFIG: join(sample.root, 'gone') };
  /** A process of its own: Node reads NODE_EXTRA_CA_CERTS when it starts. */
  const doctor = (more: Record<string, string>) =>
    new Promise<string>((resolve) => {
      execFile(process.execPath, ['--no-warnings', cli, 'doctor', file], { env: { ...env, ...more } }, (_, printed) => resolve(printed));
    });
  return { doctor, ca, server };
}

test('git fetches a commit from a server whose authority NODE_EXTRA_CA_CERTS names', async (t) => {
  const { doctor, ca, server } = await world(t, { tls: { cert: certificate, key } });
  t.regex(await doctor({ NODE_EXTRA_CA_CERTS: ca }), /^ok {7}Git: demo: .*main at [0-9a-f]{7}$/m);
  t.true(server.headers.some((headers) => headers['user-agent']?.startsWith('git/')));
  t.regex(await doctor({}), /^FAILED {3}Git: demo: /m);
});

test('doctor sees that git does not trust a server that Node trusts', async (t) => {
  const { doctor, ca } = await world(t, { tls: { cert: certificate, key } });
  const printed = await doctor({ NODE_EXTRA_CA_CERTS: ca, GIT_SSL_CAINFO: '/dev/null' });
  t.regex(printed, /^FAILED {3}Git: demo: git does not trust the TLS certificate of 127\.0\.0\.1:\d+, .*NODE_EXTRA_CA_CERTS/m);
});

test('git and our own questions go through the proxy', async (t) => {
  const { doctor, proxy, server } = await proxied(t);
  t.regex(await doctor({ HTTP_PROXY: proxy }), /^ok {7}Git: demo: .*main at [0-9a-f]{7}$/m);
  t.true(server.headers.some((headers) => headers['user-agent']?.startsWith('git/')));
});

/** A repository at a name that only the proxy knows. */
async function proxied(t: ExecutionContext) {
  const made = await world(t, {}, () => 'http://git.invalid');
  const { port } = new URL(made.server.url);
  const relay = createServer((request, response) => {
    const { pathname, search } = new URL(request.url ?? '');
    const to = { host: '127.0.0.1', port, method: request.method, path: pathname + search, headers: request.headers };
    request.pipe(
      ask(to, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      }),
    );
  });
  relay.on('connect', (_, socket) => {
    const through = connect(Number(port), '127.0.0.1', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
    through.pipe(socket).pipe(through);
  });
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  t.teardown(() => void relay.close());
  return { ...made, proxy: `http://127.0.0.1:${(relay.address() as AddressInfo).port}` };
}
