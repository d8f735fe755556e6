import type { ExecutionContext } from 'ava';
import { httpClient } from '../../../src/clients/http/http-client.ts';
import { registryClient } from '../../../src/clients/registry/registry-client.ts';
import { messageOf } from '../../../src/core/errors.ts';
import { type Authority, anAuthority } from '../../cluster/authority.ts';
import { service, tokenServer } from '../../cluster/token-server.ts';
import { type RegistryName, registryLogin, startRegistry } from '../servers/registries.ts';
import type { Server } from '../servers/start.ts';
import { type FaultProxy, faultProxy } from './fault-proxy.ts';
import { pushImage } from './image.ts';
import { heard, plain } from './row.ts';

export interface RegistryWorldOptions {
  readonly tls?: boolean;
  readonly auth?: 'htpasswd' | 'token';
  /** The password of the bot; the right one by default where the registry asks for one, `none` for no login. */
  readonly password?: string | 'none';
  /** What the token server gives. */
  readonly grants?: (scope: string) => boolean;
  /** How the bot speaks to it; as it listens by default. */
  readonly scheme?: 'http' | 'https';
  /** Whether the bot trusts its authority; true by default. */
  readonly trusts?: boolean;
}

export interface RegistryWorld {
  readonly server: Server;
  /** In front of a registry without TLS. */
  readonly proxy: FaultProxy;
  /** In front of the token server. */
  readonly tokens: FaultProxy | undefined;
  /** Of its authority, if it has one. */
  readonly ca: string | undefined;
  readonly registry: ReturnType<typeof registryClient>;
  /** What becomes of a release whose image would get this tag. */
  release(tag: string, repository?: string): Promise<string>;
  /** What comes of a question, or the sentence. */
  outcome<T>(asked: Promise<T>, said: (got: T) => string): Promise<string>;
}

/** The bot's registry client before a registry that somebody else wrote, which has `team/app:1.0.0` of somebody, and a proxy between. */
export async function registryWorld(
  t: ExecutionContext,
  name: RegistryName,
  { tls = false, auth, password, grants, scheme, trusts = true }: RegistryWorldOptions = {},
): Promise<RegistryWorld> {
  const authority = tls || auth === 'token' ? await anAuthority(t, ['IP:127.0.0.1', 'DNS:localhost']) : undefined;
  const tokens = authority && auth === 'token' ? await tokensOf(t, authority, grants) : undefined;
  const access = tokens && authority ? { realm: `${tokens.url}/token`, service, caFile: authority.caFile } : auth;
  const server = await startRegistry(name, { ...(tls && authority && { tls: authority }), ...(access && { auth: access as 'htpasswd' }) });
  const proxy = await faultProxy(server.url);
  const http = httpClient(authority && trusts ? { ca: authority.ca } : {});
  t.teardown(async () => {
    await http.close();
    await proxy.stop();
    await server.stop();
  });
  // Somebody's image came without a login: the files of the registry are what counts.
  if (!auth && !tls) await pushImage(server.url, 'team/app', '1.0.0');
  const { host } = tls ? server : proxy;
  const wanted = password ?? (auth ? registryLogin.password : 'none');
  const credentials = wanted === 'none' ? undefined : { username: registryLogin.username, password: wanted };
  const registry = registryClient({ api: `${scheme ?? (tls ? 'https' : 'http')}://${host}`, http, ...(credentials && { credentials }) });
  const names = { [host]: 'registry.example', ...(tokens && { [tokens.host]: 'tokens.example' }) };
  const outcome = async <T>(asked: Promise<T>, said: (got: T) => string) => {
    try {
      return said(await asked);
    } catch (error) {
      return heard(error, names);
    }
  };
  const release = async (tag: string, repository = 'team/app') => {
    const found = await registry.tag(repository, tag);
    if (found.state === 'unknown') return `held: ${plain(messageOf(found.error), names)}`;
    return found.state === 'taken' ? 'taken: nothing is pushed' : 'free: the image is pushed';
  };
  return { server, proxy, tokens, ca: authority?.ca, registry, release, outcome };
}

async function tokensOf(t: ExecutionContext, { cert, key }: Authority, grants: RegistryWorldOptions['grants']): Promise<FaultProxy> {
  const url = await tokenServer(t, { host: '127.0.0.1', cert, key, login: registryLogin, ...(grants && { grants }) });
  const proxy = await faultProxy(new URL(url).origin, { tls: { cert, key } });
  t.teardown(proxy.stop);
  return proxy;
}
