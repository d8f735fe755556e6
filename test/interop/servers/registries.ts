import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Authority } from '../../cluster/authority.ts';
import { freePort } from '../../fixtures/free-port.ts';
import { type Program, program } from './programs.ts';
import { listens, type Server, type Started, scratchFolder, start } from './start.ts';

/** Image registries that other people wrote. */
export const registries = {
  /** Docker's, version 2.8, as Debian has it. */
  'docker-registry': { program: 'docker-registry', begin: distribution },
  /** The same project at version 3. */
  distribution: { program: 'registry', begin: distribution },
  /** Its Location headers are relative. */
  olareg: { program: 'olareg', begin: olareg },
  /** That of go-containerregistry; its Location headers are relative too. */
  crane: { program: 'crane', begin: crane },
} as const satisfies Record<string, { readonly program: Program; begin(place: Place): Promise<Started> }>;

export type RegistryName = keyof typeof registries;

/** What `htpasswd` below is of. */
export const registryLogin = { username: 'coxswain', password: 'over-the-water' } as const;
const htpasswd = 'coxswain:$2y$05$ayLoo2Cjzdae1lWNjOXgE.w0NGBHfpCl3/qvnX0kFjrRbraX3K2AC\n';

export interface RegistryOptions {
  /** The address of this machine at which it answers; loopback if absent. */
  readonly address?: string;
  /** It speaks TLS; only those of distribution and olareg. */
  readonly tls?: Pick<Authority, 'cert' | 'key'>;
  /** Asks for `registryLogin`, or for a token of a server; only those of distribution. */
  readonly auth?: 'htpasswd' | TokenAuth;
}

export interface TokenAuth {
  readonly realm: string;
  readonly service: string;
  /** A file with the certificates (PEM) whose tokens it trusts. */
  readonly caFile: string;
}

interface Place extends RegistryOptions {
  readonly address: string;
  readonly path: string;
  readonly folder: string;
  readonly port: number;
  /** Of its certificate and key, if it speaks TLS. */
  readonly certificate?: { readonly cert: string; readonly key: string };
}

export async function startRegistry(name: RegistryName, options: RegistryOptions = {}): Promise<Server> {
  const { folder, remove } = await scratchFolder(name);
  const port = await freePort();
  const path = await program(registries[name].program);
  const certificate = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  if (options.tls) {
    await writeFile(certificate.cert, options.tls.cert);
    await writeFile(certificate.key, options.tls.key);
  }
  const address = options.address ?? '127.0.0.1';
  const place = { ...options, address, path, folder, port, ...(options.tls && { certificate }) };
  const started = await registries[name].begin(place);
  await listens(port, started, address);
  const host = `${address}:${port}`;
  const stop = async () => {
    await started.stop();
    await remove();
  };
  return { url: `${options.tls ? 'https' : 'http'}://${host}`, host, log: started.log, stop };
}

async function distribution({ address, path, folder, port, auth, certificate }: Place): Promise<Started> {
  const storage = join(folder, 'storage');
  const passwords = join(folder, 'htpasswd');
  const file = join(folder, 'config.yml');
  await mkdir(storage);
  await writeFile(passwords, htpasswd);
  const config = {
    version: 0.1,
    log: { level: 'warn' },
    storage: { filesystem: { rootdirectory: storage }, delete: { enabled: true } },
    http: {
      addr: `${address}:${port}`,
      secret: 'not one',
      ...(certificate && { tls: { certificate: certificate.cert, key: certificate.key } }),
    },
    ...(auth === 'htpasswd' && { auth: { htpasswd: { realm: 'registry', path: passwords } } }),
    ...(typeof auth === 'object' && {
      auth: { token: { realm: auth.realm, service: auth.service, issuer: auth.service, rootcertbundle: auth.caFile } },
    }),
  };
  await writeFile(file, JSON.stringify(config));
  return start(path, ['serve', file], { env: { OTEL_TRACES_EXPORTER: 'none' } });
}

async function olareg({ address, path, folder, port, certificate }: Place): Promise<Started> {
  const tls = certificate ? ['--tls-cert', certificate.cert, '--tls-key', certificate.key] : [];
  const may = ['--api-delete', '--api-blob-delete'];
  return start(path, ['serve', '--addr', address, '--port', String(port), '--dir', folder, ...may, ...tls]);
}

async function crane({ address, path, folder, port }: Place): Promise<Started> {
  return start(path, ['registry', 'serve', '--address', `${address}:${port}`, '--disk', folder]);
}
