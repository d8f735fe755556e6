import { getCACertificates } from 'node:tls';
import { Agent, Dispatcher, ProxyAgent } from 'undici';
import type { Proxies } from '../../core/config.ts';
import { proxyError } from './proxy-error.ts';
import { proxyFor } from './proxy-for.ts';

export interface ConnectionOptions {
  readonly connectMs?: number;
  readonly headersMs?: number;
  readonly bodyMs?: number;
  /** How long an idle connection is kept: longer than the time between two polls. */
  readonly idleMs?: number;
  /** To one host at once; 8 where not given. */
  readonly connections?: number;
  /** Certificates (PEM) that are trusted beside those that Node trusts. */
  readonly ca?: string;
  /** Of the environment; without them there is no proxy. */
  readonly proxies?: Proxies;
}

type Dispatch = Parameters<Dispatcher['dispatch']>;

/** Connections that are kept open between calls, each through the proxy that is meant for its address. */
export class Connections extends Dispatcher {
  readonly #options: ConnectionOptions;
  /** By the proxy, and whether it is asked for a tunnel for plain http too. */
  readonly #agents = new Map<string, Agent | ProxyAgent>();

  constructor(options: ConnectionOptions) {
    super();
    this.#options = options;
  }

  override dispatch(request: Dispatch[0], handler: Dispatch[1]): boolean {
    const { proxies } = this.#options;
    const url = new URL(String(request.origin));
    const proxy = proxies && proxyFor(url, proxies);
    // What becomes a WebSocket is no request that a proxy could pass on.
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

/** Errors of the proxy say so: they would read as those of the host behind it. After an error nothing more is heard. */
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
