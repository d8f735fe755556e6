import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ExecutionContext } from 'ava';
import { type HttpOptions, httpClient } from '../../src/clients/http/http-client.ts';
import type { RegistryCredentials } from '../../src/clients/registry/login.ts';
import { registryClient } from '../../src/clients/registry/registry-client.ts';
import { AccessRefused, messageOf } from '../../src/core/errors.ts';
import { anAuthority } from '../cluster/authority.ts';
import { freePort } from '../fixtures/free-port.ts';
import { program } from './servers/programs.ts';
import { registryLogin, startRegistry } from './servers/registries.ts';
import { listens, scratchFolder, start } from './servers/start.ts';
import { pushImage } from './support/image.ts';
import { testWith } from './support/installed.ts';

interface Asked extends Pick<HttpOptions, 'ca'> {
  readonly credentials?: RegistryCredentials;
}

function clientOf(t: ExecutionContext, api: string, { ca, credentials }: Asked = {}) {
  const http = httpClient({ ...(ca && { ca }) });
  t.teardown(() => http.close());
  return registryClient({ api, name: 'hub', http, hasAuthority: ca !== undefined, ...(credentials && { credentials }) });
}

const wrong = { ...registryLogin, password: 'over-the-hills' };

/** nginx with this inside of its one server. */
async function nginx(t: ExecutionContext, inside: (folder: string) => Promise<string> | string): Promise<string> {
  const { folder, remove } = await scratchFolder('nginx');
  const port = await freePort();
  const temporary = ['client_body', 'fastcgi', 'proxy', 'scgi', 'uwsgi'];
  for (const name of temporary) await mkdir(join(folder, name));
  const http = `${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')} access_log off;`;
  const server = `server { listen 127.0.0.1:${port}; client_max_body_size 0; ${await inside(folder)} }`;
  const main = `${process.getuid?.() === 0 ? 'user root; ' : ''}daemon off; worker_processes 1; error_log stderr; pid ${folder}/pid; events {}`;
  await writeFile(join(folder, 'nginx.conf'), `${main}\nhttp { ${http} ${server} }\n`);
  const started = start(await program('nginx'), ['-e', 'stderr', '-p', folder, '-c', join(folder, 'nginx.conf')]);
  t.teardown(async () => {
    await started.stop();
    await remove();
  });
  await listens(port, started);
  return `http://127.0.0.1:${port}`;
}

testWith(['docker-registry'], 'docker-registry with TLS of an own authority and a password', async (t) => {
  const { ca, ...tls } = await anAuthority(t, ['IP:127.0.0.1']);
  const server = await startRegistry('docker-registry', { tls, auth: 'htpasswd' });
  t.teardown(server.stop);
  const sentence = async (asked: Asked) => messageOf(await t.throwsAsync(clientOf(t, server.url, asked).ping()));
  t.is(
    await sentence({ credentials: registryLogin }),
    `${server.host} has a TLS certificate from an unknown authority: write the path of a file with the certificate of that authority (PEM) into registries.hub.ca`,
  );
  const other = await anAuthority(t, ['IP:127.0.0.1']);
  t.regex(
    await sentence({ ca: other.ca }),
    /it is not in the file of registries\.hub\.ca; put the certificate of that authority \(PEM\) there$/,
  );
  t.regex(await sentence({ ca }), /requires a login: set REGISTRY_HUB_USERNAME and REGISTRY_HUB_PASSWORD\.$/);
  t.regex(
    await sentence({ ca, credentials: wrong }),
    /refuses the login "coxswain": check REGISTRY_HUB_USERNAME and REGISTRY_HUB_PASSWORD\.$/,
  );
  const registry = clientOf(t, server.url, { ca, credentials: registryLogin });
  t.deepEqual(await registry.ping(), { login: 'basic' });
  t.is(await registry.manifest('team/app', '1.0.0'), undefined);
  const plain = await t.throwsAsync(clientOf(t, server.url.replace('https', 'http')).ping());
  t.regex(messageOf(plain), /does not answer as an image registry|does not answer with HTTP/);
});

testWith(['docker-registry', 'nginx'], 'docker-registry behind an nginx that wants a password only for writing', async (t) => {
  const server = await startRegistry('docker-registry');
  t.teardown(server.stop);
  const front = await nginx(t, async (folder) => {
    const hash = await promisify(execFile)('openssl', ['passwd', '-apr1', registryLogin.password]);
    await writeFile(join(folder, 'htpasswd'), `${registryLogin.username}:${hash.stdout.trim()}\n`);
    const guard = `limit_except GET HEAD { auth_basic registry; auth_basic_user_file ${folder}/htpasswd; }`;
    return `location / { proxy_pass ${server.url}; ${guard} }`;
  });
  await pushImage(server.url, 'team/app', '1.0.0');
  t.deepEqual(await clientOf(t, front).ping(), { login: 'none' });
  t.deepEqual(await clientOf(t, front, { credentials: registryLogin }).ping(), { login: 'basic' });
  const error = await t.throwsAsync(clientOf(t, front, { credentials: wrong }).ping(), { instanceOf: AccessRefused });
  t.regex(messageOf(error), /refuses the login "coxswain": check REGISTRY_HUB_USERNAME/);
  t.truthy(await clientOf(t, front, { credentials: wrong }).manifest('team/app', '1.0.0'), 'which reading does not need');
});

testWith(['nginx'], 'an nginx without a registry behind it is no registry, and its pages are not shown', async (t) => {
  const web = await nginx(t, () => 'location / { default_type text/html; return 200 "<html><title>Welcome</title></html>"; }');
  const page = messageOf(await t.throwsAsync(clientOf(t, web).ping()));
  t.regex(page, /returned a login page instead of the registry \(\/v2\/\): check registries\.hub\.api/);
  const nothing = await nginx(t, () => 'location / { return 404; }');
  for (const ask of [clientOf(t, nothing).ping(), clientOf(t, nothing).manifest('team/app', '1.0.0')])
    t.regex(messageOf(await t.throwsAsync(ask)), /does not answer as an image registry \(404 for \/v2\/\): check registries\.hub\.api/);
  const dead = await nginx(t, async () => `location / { proxy_pass http://127.0.0.1:${await freePort()}; }`);
  const gone = messageOf(await t.throwsAsync(clientOf(t, dead).ping()));
  t.regex(gone, /answers 502 Bad Gateway for \/v2\/$/);
  t.notRegex(gone, /</);
});
