import { getCACertificates } from 'node:tls';
import { Agent, Dispatcher, ProxyAgent } from 'undici';
import type { Proxies } from '../../core/config.ts';
import { proxyError } from './proxy-error.ts';
import { proxyFor } from './proxy-for.ts';

export interface ConnectionOptions {
  readonly connectMs?: number;
  readonly headersMs?: number;
  readonly bodyMs?: number;
  /** How long an idle connection is kept open: longer than the time between two polls. */
  readonly idleMs?: number;
  /** Maximum number of concurrent connections to one host; 8 by default. */
  readonly connections?: number;
  /** Certificates (PEM) to trust in addition to those that Node trusts. */
  readonly ca?: string;
  /** From the environment; without them there is no proxy. */
  readonly proxies?: Proxies;
}

type Dispatch = Parameters<Dispatcher['dispatch']>;

/** Keep-alive connections, each through the proxy for its address. */
export class Connections extends Dispatcher {
  readonly #options: ConnectionOptions;
  /** By proxy, and whether it is asked for a tunnel even for plain http. */
  readonly #agents = new Map<string, Agent | ProxyAgent>();

  constructor(options: ConnectionOptions) {
    super();
    this.#options = options;
  }

  override dispatch(request: Dispatch[0], handler: Dispatch[1]): boolean {
    const { proxies } = this.#options;
    const url = new URL(String(request.origin));
    const proxy = proxies && proxyFor(url, proxies);
    // A WebSocket upgrade is not a request that a proxy could forward.
    const agent = this.#agent(proxy, Boolean(request.upgrade));
    return agent.dispatch(request, proxy === undefined ? handler : namingTheProxy(handler, proxy, url.host));
  }

  override async close(): Promise<void> {
    await Promise.all([...this.#agents.values()].map((agent) => agent.close()));
  }

  override async destroy(): Promise<void> {
    await Promise.all([...this.#agents.values()].map((agent) => agent.destroy()));
  }

  #agent(proxy: string | undefined, isTunnel: boolean): Agent | ProxyAgent {
    const key = `${isTunnel} ${proxy ?? ''}`;
    const known = this.#agents.get(key);
    if (known) return known;
    const agent = this.#made(proxy, isTunnel);
    this.#agents.set(key, agent);
    return agent;
  }

  #made(proxy: string | undefined, isTunnel: boolean): Agent | ProxyAgent {
    const { connectMs = 10_000, headersMs = 20_000, bodyMs = 20_000, idleMs = 90_000, connections = 8, ca } = this.#options;
    const trusted = ca && { ca: [...getCACertificates(), ca] };
    const pool = {
      headersTimeout: headersMs,
      bodyTimeout: bodyMs,
      keepAliveTimeout: idleMs,
      keepAliveMaxTimeout: 10 * idleMs,
      connections,
      allowH2: false,
    };
    if (proxy === undefined) return new Agent({ ...pool, connect: { timeout: connectMs, ...trusted } });
    const connect = { timeout: connectMs };
    return new ProxyAgent({
      ...pool,
      uri: proxy,
      proxyTls: connect,
      requestTls: { ...connect, ...trusted },
      ...(isTunnel && { proxyTunnel: true }),
    });
  }
}

/** Attributes proxy errors to the proxy: they would look like errors of the host behind it. After an error nothing more is passed on. */
function namingTheProxy(inner: Dispatch[1], proxy: string, host: string): Dispatch[1] {
  let over = false;
  return {
    onRequestStart: (...start) => inner.onRequestStart?.(...start),
    onRequestUpgrade: (...upgrade) => inner.onRequestUpgrade?.(...upgrade),
    onResponseStart: (...head) => void (over || inner.onResponseStart?.(...head)),
    onResponseData: (...data) => void (over || inner.onResponseData?.(...data)),
    onResponseEnd: (...end) => void (over || inner.onResponseEnd?.(...end)),
    onResponseError(controller, error) {
      if (over) return;
      over = true;
      inner.onResponseError?.(controller, proxyError(proxy, host, error) ?? error);
    },
  };
}
