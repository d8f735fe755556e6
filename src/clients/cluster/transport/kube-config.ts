import { existsSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { KubeConfig, type RequestContext } from '@kubernetes/client-node';
import type { Proxies } from '../../../core/config.ts';
import { messageOf, UserError } from '../../../core/errors.ts';
import { trimEndSigns } from '../../../core/text/trim.ts';
import { hasByteOrderMark, readTextNow } from '../../files/files-client.ts';
import { proxyFor } from '../../http/proxy-for.ts';
import type { ServerPlace } from './cluster-error.ts';
import { TokenFiles, takeTokenFiles } from './token-files.ts';

type Dispatcher = NonNullable<ReturnType<RequestContext['getDispatcher']>>;

const serviceAccountToken = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/**
 * A KubeConfig with one connection pool. The library's own creates a new pool, and thus a new TLS connection, for every request.
 */
export class PooledKubeConfig extends KubeConfig {
  #pool: Dispatcher | undefined;

  constructor() {
    super();
    this.addAuthenticator(new TokenFiles());
  }

  override async applySecurityAuthentication(context: RequestContext): Promise<void> {
    await super.applySecurityAuthentication(context);
    const fresh = context.getDispatcher();
    if (fresh === undefined) return;
    this.#pool ??= fresh;
    context.setDispatcher(this.#pool);
  }

  /** The location of the API server. */
  place(): ServerPlace {
    const { server = '', proxyUrl } = this.getCurrentCluster() ?? {};
    return { server: trimEndSigns(server, '/'), ...(proxyUrl && { proxyUrl }) };
  }

  /**
   * Drops an unresponsive pool: the next request opens a new connection with reloaded certificates; requests on the old one may finish.
   * Needed because a dead HTTP/2 connection would otherwise be used until TCP times out, many minutes later.
   */
  leave(pool: Dispatcher | undefined): void {
    if (pool === undefined || pool !== this.#pool) return;
    this.#pool = undefined;
    pool.close().catch(() => {});
  }

  /** Destroys the pool and all its requests. */
  async close(): Promise<void> {
    const pool = this.#pool;
    this.#pool = undefined;
    await pool?.destroy();
  }
}

/** The environment variables used to find the API server's address and credentials. */
export interface ClusterEnvironment {
  readonly KUBECONFIG?: string | undefined;
  readonly HOME?: string | undefined;
}

/**
 * Loads the cluster configuration: the files of `KUBECONFIG`, otherwise the service account of the pod, otherwise `~/.kube/config`. The
 * proxy is the cluster's `proxy-url`, otherwise that of the environment for its address.
 * @throws UserError if there is no configuration, or it cannot be used.
 */
export function loadKubeConfig(env: ClusterEnvironment, proxies: Proxies = { no: [] }): PooledKubeConfig {
  const config = new PooledKubeConfig();
  const files = (env.KUBECONFIG ?? '').split(delimiter).filter((file) => file !== '');
  const own = env.HOME === undefined ? undefined : join(env.HOME, '.kube', 'config');
  if (files.length > 0) config.loadFromOptions(merged(files));
  else if (existsSync(serviceAccountToken)) config.loadFromCluster();
  else if (own !== undefined && existsSync(own)) config.loadFromOptions(merged([own]));
  else
    throw new UserError('No Kubernetes cluster is configured. Set KUBECONFIG to a file, or run inside a cluster with a service account.');
  const place = files.length > 0 ? `KUBECONFIG (${files.join(delimiter)})` : 'The cluster configuration';
  checkServer(config, place);
  setProxy(config, proxies, place);
  return config;
}

/** Merges files like kubectl: every setting is taken from the first file that has it, and missing files are skipped. */
function merged(files: readonly string[]) {
  const there = files.filter((file) => existsSync(file));
  if (there.length === 0) throw new UserError(`${files.join(' and ')} cannot be read as a kubeconfig: there is no such file.`);
  const read = there.map(readKubeConfig);
  return {
    clusters: firstOfEachName(read.flatMap(({ clusters }) => clusters)),
    users: firstOfEachName(read.flatMap(({ users }) => users)),
    contexts: firstOfEachName(read.flatMap(({ contexts }) => contexts)),
    currentContext: read.map((one) => one.currentContext).find(Boolean),
  };
}

function firstOfEachName<T extends { readonly name: string }>(all: readonly T[]): T[] {
  return all.filter(({ name }, index) => all.findIndex((other) => other.name === name) === index);
}

function readKubeConfig(file: string): KubeConfig {
  const config = new KubeConfig();
  try {
    const text = readTextNow(file);
    config.loadFromString(text);
    config.makePathsAbsolute(dirname(resolve(file)));
    takeTokenFiles(config, text, dirname(resolve(file)));
    withoutMarks(config);
  } catch (error) {
    throw new UserError(`${file} cannot be read as a kubeconfig: ${messageOf(error)}`);
  }
  return config;
}

/** The library passes certificate files to TLS unchanged, which finds none after a byte order mark: such a file is inlined as text. */
function withoutMarks({ clusters, users }: KubeConfig): void {
  for (const cluster of clusters) takeIn(cluster, 'caFile', 'caData');
  for (const user of users) {
    takeIn(user, 'certFile', 'certData');
    takeIn(user, 'keyFile', 'keyData');
  }
}

function takeIn<F extends string, D extends string>(entry: { readonly [K in F | D]?: string }, file: F, data: D): void {
  const path: string | undefined = entry[file];
  if (!path || !existsSync(path) || !hasByteOrderMark(path)) return;
  Object.assign(entry, { [file]: undefined, [data]: Buffer.from(readTextNow(path)).toString('base64') });
}

/** Like kubectl: the cluster's own proxy takes precedence over that of the environment. */
function setProxy(config: KubeConfig, proxies: Proxies, place: string): void {
  const cluster = config.getCurrentCluster();
  if (!cluster) return;
  if (!cluster.proxyUrl) Object.assign(cluster, { proxyUrl: proxyFor(new URL(cluster.server), proxies) });
  else if (!URL.canParse(cluster.proxyUrl))
    throw new UserError(`${place}: proxy-url is not a URL. A valid one looks like http://proxy.example.com:3128.`);
}

/** The library refuses http unless told otherwise; for loopback it is harmless, elsewhere it would expose the token to the network. */
function checkServer(config: KubeConfig, place: string): void {
  const cluster = config.getCurrentCluster();
  if (cluster === null)
    throw new UserError(`${place} has no cluster for its current context "${config.currentContext ?? ''}". Set current-context.`);
  if (!URL.canParse(cluster.server))
    throw new UserError(`${place}: the server "${cluster.server}" is not a URL. A valid one looks like https://10.0.0.1:6443.`);
  const url = new URL(cluster.server);
  if (url.protocol !== 'http:') return;
  if (!isLoopback(url.hostname))
    throw new UserError(`${place}: ${cluster.server} is plain http, which is only allowed for loopback. Use https.`);
  Object.assign(cluster, { skipTLSVerify: true });
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d+){3}$/.test(host);
}
