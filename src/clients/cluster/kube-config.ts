import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { KubeConfig, type RequestContext } from '@kubernetes/client-node';
import { messageOf, UserError } from '../../core/errors.ts';

type Dispatcher = NonNullable<ReturnType<RequestContext['getDispatcher']>>;

const serviceAccountToken = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/**
 * A KubeConfig with one connection pool. The library's own makes a new pool, and with it a new TLS connection, for every request.
 */
export class PooledKubeConfig extends KubeConfig {
  #pool: Dispatcher | undefined;

  override async applySecurityAuthentication(context: RequestContext): Promise<void> {
    await super.applySecurityAuthentication(context);
    const fresh = context.getDispatcher();
    if (fresh === undefined) return;
    this.#pool ??= fresh;
    context.setDispatcher(this.#pool);
  }

  /**
   * Lets go of a pool that gave no answer: the next request opens a new connection with certificates read anew; what still runs over the old one may end.
   * Needed because a dead HTTP/2 connection would otherwise be used until TCP gives it up, many minutes later.
   */
  leave(pool: Dispatcher | undefined): void {
    if (pool === undefined || pool !== this.#pool) return;
    this.#pool = undefined;
    pool.close().catch(() => {});
  }

  /** Ends the pool and what runs over it. */
  async close(): Promise<void> {
    const pool = this.#pool;
    this.#pool = undefined;
    await pool?.destroy();
  }
}

/** Where the API server's address and credentials are looked for. */
export interface ClusterEnvironment {
  readonly KUBECONFIG?: string | undefined;
  readonly HOME?: string | undefined;
}

/**
 * Reads the connection to the cluster: the files of `KUBECONFIG`, else the service account of the pod, else `~/.kube/config`.
 * @throws UserError where there is none, or where it cannot be used.
 */
export function loadKubeConfig(env: ClusterEnvironment): PooledKubeConfig {
  const config = new PooledKubeConfig();
  const files = (env.KUBECONFIG ?? '').split(delimiter).filter((file) => file !== '');
  const own = env.HOME === undefined ? undefined : join(env.HOME, '.kube', 'config');
  if (files.length > 0) for (const file of files) config.mergeConfig(readFile(file), config.currentContext !== undefined);
  else if (existsSync(serviceAccountToken)) config.loadFromCluster();
  else if (own !== undefined && existsSync(own)) config.mergeConfig(readFile(own));
  else
    throw new UserError(
      'No Kubernetes cluster is configured. Set KUBECONFIG to a file, or run inside of a cluster with a service account.',
    );
  checkServer(config, files.length > 0 ? `KUBECONFIG (${files.join(delimiter)})` : 'The cluster configuration');
  return config;
}

function readFile(file: string): KubeConfig {
  const config = new KubeConfig();
  try {
    config.loadFromFile(file);
  } catch (error) {
    throw new UserError(`${file} cannot be read as a kubeconfig: ${messageOf(error)}`);
  }
  return config;
}

/** The library refuses http unless told otherwise; to loopback it is harmless, elsewhere it would show the token to the network. */
function checkServer(config: KubeConfig, place: string): void {
  const cluster = config.getCurrentCluster();
  if (cluster === null)
    throw new UserError(`${place} has no cluster for its current context "${config.currentContext ?? ''}". Set current-context.`);
  if (!URL.canParse(cluster.server))
    throw new UserError(`${place}: the server "${cluster.server}" is no URL. It looks like https://10.0.0.1:6443.`);
  const url = new URL(cluster.server);
  if (url.protocol !== 'http:') return;
  if (!isLoopback(url.hostname))
    throw new UserError(`${place}: ${cluster.server} is plain http, which is only allowed to loopback. Use https.`);
  Object.assign(cluster, { skipTLSVerify: true });
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d+){3}$/.test(host);
}
