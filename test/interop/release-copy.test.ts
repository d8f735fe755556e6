import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { skopeoReader } from '../../src/logs/skopeo.ts';
import { mainContainer, rendered } from '../manifests/rendered.ts';
import { labels } from './servers/labels.ts';
import { program } from './servers/programs.ts';
import { type RegistryName, registries, registryLogin, startRegistry } from './servers/registries.ts';
import { type Server, scratchFolder } from './servers/start.ts';
import type { Fault } from './support/fault-proxy.ts';
import { descriptor, ociIndex, ociManifest, pushBlob, pushImage, pushManifest } from './support/image.ts';
import { testWith } from './support/installed.ts';
import { type RegistryWorld, type RegistryWorldOptions, registryWorld } from './support/registry-world.ts';
import { plain, saw } from './support/row.ts';

interface Scenario {
  readonly servers?: readonly RegistryName[];
  readonly options?: RegistryWorldOptions;
  readonly fault?: Fault;
  /** What skopeo logs in with. */
  readonly password?: string;
  readonly distrusts?: true;
}

const withLogins = ['distribution', 'docker-registry'] as const;
const withTls = [...withLogins, 'olareg'] as const;
const upload = /\/blobs\/uploads\//;

const scenarios: Readonly<Record<string, Scenario>> = {
  'to a registry without TLS and login': {},
  'over TLS by an own authority': { servers: withTls, options: { tls: true } },
  'over TLS, with a password': { servers: withLogins, options: { tls: true, auth: 'htpasswd' } },
  'over TLS, with a token': { servers: withLogins, options: { tls: true, auth: 'token' } },
  'the login is wrong': { servers: withLogins, options: { auth: 'htpasswd' }, password: 'wrong' },
  'the authority is not given': { servers: withTls, options: { tls: true }, distrusts: true },
  'the first upload is answered with 500': { fault: { path: upload, instead: { status: 500 }, times: 1 } },
  'the manifest is stored, and the answer is lost': { fault: { method: 'PUT', path: /\/manifests\/1\.0\.1/, dropAnswer: true, times: 1 } },
  'every upload is answered with 429': { fault: { path: upload, instead: { status: 429, headers: { 'retry-after': '1' } } } },
};

/** An index of two platforms and an attestation, each with fields that no builder of ours knows. */
async function testedImage(server: Server): Promise<string> {
  const [amd64, arm64] = [await pushImage(server.url, 'team/app', 'amd64'), await pushImage(server.url, 'team/app', 'arm64')];
  const statement = Buffer.from('{"predicateType":"https://slsa.dev/provenance/v1"}');
  await pushBlob(server.url, 'team/app', statement);
  const layers = [descriptor('application/vnd.in-toto+json', statement)];
  const manifest = { schemaVersion: 2, mediaType: ociManifest, config: amd64.config, layers };
  const attestation = await pushManifest(server.url, 'team/app/manifests/attestation', { manifest, mediaType: ociManifest });
  const entry = ({ digest, size, mediaType }: typeof attestation, platform: object, annotations = {}) => ({
    mediaType,
    digest,
    size,
    platform,
    annotations,
  });
  const manifests = [
    entry(amd64, { os: 'linux', architecture: 'amd64', 'os.version': '10.0' }),
    entry(arm64, { os: 'linux', architecture: 'arm64', variant: 'v8' }),
    entry(attestation, { os: 'unknown', architecture: 'unknown' }, { 'vnd.docker.reference.type': 'attestation-manifest' }),
  ];
  const index = { schemaVersion: 2, mediaType: ociIndex, manifests, annotations: { 'com.example.unknown': 'kept' } };
  return (await pushManifest(server.url, 'team/app/manifests/1.0.1-rc', { manifest: index, mediaType: ociIndex })).digest;
}

/** Runs the container of the template `release-copy` on this machine, and says what came of it. */
async function copied(source: Server, world: RegistryWorld, { options = {}, password, distrusts }: Scenario): Promise<string> {
  const digest = await testedImage(source);
  const { folder, remove } = await scratchFolder('copy');
  const host = options.tls ? world.server.host : world.proxy.host;
  const auth = Buffer.from(`${registryLogin.username}:${password ?? registryLogin.password}`).toString('base64');
  for (const name of ['config', 'certificates']) await mkdir(join(folder, name));
  await writeFile(join(folder, 'config/config.json'), JSON.stringify({ auths: options.auth ? { [host]: { auth } } : {} }));
  if (world.ca && !distrusts) await writeFile(join(folder, 'certificates/ca.crt'), world.ca);
  const job = rendered('release-copy', {
    Tested: { Repository: 'team/app', Digest: digest, Ref: `${source.host}/team/app@${digest}`, Plain: true },
    Registry: { Push: host, Plain: !options.tls, Certificates: options.tls ? 'ca' : '' },
    Image: { Repository: 'team/released', Tag: '1.0.1' },
  });
  const report = join(folder, 'digest');
  const env = { REGISTRY_CONFIG: join(folder, 'config'), TERMINATION_LOG: report, DESTINATION_CERTS: join(folder, 'certificates') };
  const words = (mainContainer(job).command ?? []).map((word) => word.replace(/\$\((\w+)\)/g, (_, name: keyof typeof env) => env[name]));
  const { promise, resolve } = Promise.withResolvers<{ code: number; log: string }>();
  execFile(await program('skopeo'), words.slice(1), { env: { PATH: process.env.PATH, HOME: folder } }, (error, out, err) =>
    resolve({ code: Number(error?.code ?? 0), log: out + err }),
  );
  const { code, log } = await promise;
  const said = existsSync(report) ? (await readFile(report, 'utf8')).trim() : '';
  await remove();
  if (code === 0) return await compared(world, digest, said);
  const reader = skopeoReader();
  for (const line of log.trimEnd().split('\n')) reader.line(line);
  const { title, next } = reader.cause({ container: 'skopeo', exitCode: code, reason: 'Error' });
  return plain(`failed: ${title}. Next: ${next}`, { [host]: 'registry.example', [source.host]: 'inside.example' });
}

/** The digest inside, the one that skopeo reports, and the one that the bot reads outside. */
async function compared({ registry }: RegistryWorld, inside: string, said: string): Promise<string> {
  const outside = (await registry.manifest('team/released', '1.0.1'))?.digest;
  return inside === said && inside === outside ? 'copied: the same digest inside and outside' : `copied: ${inside}, ${said}, ${outside}`;
}

for (const name of Object.keys(registries) as RegistryName[]) {
  testWith(
    [registries[name].program, 'docker-registry', 'skopeo'],
    `${labels[name]}: the tested image is copied by the template release-copy`,
    async (t: ExecutionContext) => {
      t.timeout(300_000);
      for (const [did, scenario] of Object.entries(scenarios)) {
        if (scenario.servers && !scenario.servers.includes(name)) continue;
        const source = await startRegistry('docker-registry');
        t.teardown(source.stop);
        const world = await registryWorld(t, name, scenario.options);
        if (scenario.fault) world.proxy.set(scenario.fault);
        saw(t, { rows: 'release-copy', server: labels[name], did }, await copied(source, world, scenario));
      }
    },
  );
}
