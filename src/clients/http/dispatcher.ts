import { getCACertificates } from 'node:tls';
import { Agent, Dispatcher, Pool, ProxyAgent } from 'undici';
import type { Proxies } from '../../core/config.ts';
import { AtProxy, isOfProxy, proxyError, proxyRefusal } from './proxy-error.ts';
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
    const isUpgrade = Boolean(request.upgrade);
    const agent = this.#agent(proxy, isUpgrade);
    const isTunnel = isUpgrade || url.protocol === 'https:';
    return agent.dispatch(request, proxy === undefined ? handler : namingTheProxy(handler, { proxy, isTunnel, host: url.host }));
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
      clientFactory: (url, options) => new TunnelPool(url, options),
      proxyTls: connect,
      requestTls: { ...connect, ...trusted },
      ...(isTunnel && { proxyTunnel: true }),
    });
  }
}

/** The connections to a proxy itself: what fails here is not the fault of the host behind it. */
class TunnelPool extends Pool {
  override connect(options: Dispatcher.ConnectOptions): Promise<Dispatcher.ConnectData>;
  override connect(options: Dispatcher.ConnectOptions, done: (error: Error | null, data: Dispatcher.ConnectData) => void): void;
  override connect(options: Dispatcher.ConnectOptions, done?: (error: Error | null, data: Dispatcher.ConnectData) => void) {
    if (done) return super.connect(options, done);
    return super.connect(options).catch((error: unknown) => {
      throw new AtProxy(error);
    });
  }
}

interface Proxied {
  readonly proxy: string;
  readonly isTunnel: boolean;
  readonly host: string;
}

/** Attributes proxy errors to the proxy: they would look like errors of the host behind it. After an error nothing more is passed on. */
function namingTheProxy(inner: Dispatch[1], { proxy, isTunnel, host }: Proxied): Dispatch[1] {
  let over = false;
  const fail = (controller: Dispatcher.DispatchController, error: Error) => {
    if (over) return;
    over = true;
    inner.onResponseError?.(controller, error);
  };
  return {
    onRequestStart: (...start) => inner.onRequestStart?.(...start),
    onRequestUpgrade: (...upgrade) => inner.onRequestUpgrade?.(...upgrade),
    onResponseStart(controller, status, headers, text) {
      const header = (name: string) => (Object.hasOwn(headers, name) ? [headers[name]].flat().join(', ') : undefined);
      if (!isTunnel && isOfProxy(status, header)) return fail(controller, proxyRefusal(proxy, host, status));
      if (!over) inner.onResponseStart?.(controller, status, headers, text);
    },
    onResponseData: (...data) => void (over || inner.onResponseData?.(...data)),
    onResponseEnd: (...end) => void (over || inner.onResponseEnd?.(...end)),
    onResponseError: (controller, error) => fail(controller, proxyError(proxy, host, error, isTunnel) ?? error),
  };
}
