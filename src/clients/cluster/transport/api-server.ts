import { HttpMethod, RequestContext } from '@kubernetes/client-node';
import { fetch, type Response } from 'undici';
import { z } from 'zod';
import { ClusterError } from '../../../core/cluster.ts';
import { pieces } from '../../http/bounded.ts';
import { HalfAnswer, jsonAnswer, wholeAnswer } from '../../http/half-answer.ts';
import { isPage } from '../../http/login-page.ts';
import { listOf } from '../watch/raw.ts';
import { halfAnswer, refusal, type ServerPlace, strangePage, unreachable } from './cluster-error.ts';
import type { PooledKubeConfig } from './kube-config.ts';

/** One request. `doing` describes it for error messages: `create Job ns/name`. */
export interface ApiRequest {
  readonly doing: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly body?: unknown;
  readonly contentType?: string;
  /** For the whole response; for a streaming response, for its head. */
  readonly timeoutMs?: number;
  /** Aborts the request at any time. */
  readonly signal?: AbortSignal;
}

const defaultTimeoutMs = 15_000;
/** A list of all objects of an installation's runs is far smaller. */
const mostBytes = 64 * 1024 ** 2;
const mostErrorBytes = 1024 ** 2;

/**
 * Requests to the API server as plain JSON, over the pool and with the credentials of the kubeconfig.
 * Does not use the generated classes of the library: they silently drop unknown fields, have no timeout,
 * and return times as Date in a list but as text in a watch.
 */
export class ApiServer {
  readonly #config: PooledKubeConfig;
  readonly #server: ServerPlace;
  readonly #heard: (date: string | null) => void;

  /** @param heard receives the `Date` header of each response */
  constructor(config: PooledKubeConfig, heard: (date: string | null) => void = () => undefined) {
    this.#config = config;
    this.#heard = heard;
    this.#server = config.place();
  }

  /** Returns the response, which counts only if the schema has seen it whole; without one, if it is JSON. @throws ClusterError */
  async json<T = unknown>(ask: ApiRequest, schema: z.ZodType<T> = z.unknown() as z.ZodType<T>): Promise<T> {
    const context = this.#context(ask);
    const timeout = AbortSignal.timeout(ask.timeoutMs ?? defaultTimeoutMs);
    return this.#attempt(ask, context, async () => {
      const response = await this.#fetch(ask, context, ask.signal ? AbortSignal.any([ask.signal, timeout]) : timeout);
      const about = this.#about(ask.doing);
      return wholeAnswer(schema, jsonAnswer(await textOf(response, mostBytes), about), about);
    });
  }

  /** Returns a list with all of its pages, of which a server may make several unasked. @throws ClusterError */
  async list<T>(ask: ApiRequest, kind: string, item: z.ZodType<T>): Promise<{ readonly version: string; readonly items: T[] }> {
    const schema = listOf(kind, item);
    const items: T[] = [];
    const followed = new Set<string>();
    for (let token: string | undefined; ; ) {
      const { metadata, items: page } = await this.json({ ...ask, query: { ...ask.query, continue: token } }, schema);
      items.push(...page);
      token = metadata.continue || undefined;
      if (token === undefined) return { version: metadata.resourceVersion, items };
      if (followed.has(token)) throw halfAnswer(new HalfAnswer(this.#about('').host, this.#about(ask.doing).about, 'it goes on for ever'));
      followed.add(token);
    }
  }

  /** Checks one piece of a streaming response. @throws ClusterError */
  piece<T>(doing: string, text: string, schema: z.ZodType<T>): T {
    try {
      return wholeAnswer(schema, jsonAnswer(text, this.#about(doing)), this.#about(doing));
    } catch (error) {
      throw error instanceof HalfAnswer ? halfAnswer(error) : error;
    }
  }

  #about(doing: string) {
    return { host: `The Kubernetes API server at ${this.#server.server}`, about: `the request to ${doing}` };
  }

  /**
   * Returns a streaming response as soon as its head has arrived. Its chunks must be read to the end or until the loop is left;
   * reading them throws ClusterError if the connection breaks, or the response lasts longer than `lastsMs`.
   * @throws ClusterError
   */
  async open(ask: ApiRequest, lastsMs?: number): Promise<AsyncIterable<Uint8Array>> {
    const late = new AbortController();
    const end = () => late.abort(new DOMException('no answer', 'TimeoutError'));
    const context = this.#context(ask);
    let timer = setTimeout(end, ask.timeoutMs ?? defaultTimeoutMs);
    try {
      const signal = ask.signal ? AbortSignal.any([ask.signal, late.signal]) : late.signal;
      const { body } = await this.#attempt(ask, context, () => this.#fetch(ask, context, signal));
      clearTimeout(timer);
      if (lastsMs !== undefined) timer = setTimeout(end, lastsMs);
      return this.#chunks(ask, context, body ?? [], () => clearTimeout(timer));
    } catch (error) {
      clearTimeout(timer);
      throw error;
    }
  }

  async *#chunks(
    ask: ApiRequest,
    context: RequestContext,
    body: AsyncIterable<Uint8Array> | [],
    done: () => void,
  ): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of body) yield chunk;
    } catch (error) {
      throw this.#failure(ask, context, error);
    } finally {
      done();
    }
  }

  async #fetch(ask: ApiRequest, context: RequestContext, signal: AbortSignal): Promise<Response> {
    await this.#config.applySecurityAuthentication(context);
    const dispatcher = context.getDispatcher();
    const response = await fetch(context.getUrl(), {
      method: context.getHttpMethod(),
      headers: context.getHeaders(),
      // The credentials are sent only to this server.
      redirect: 'manual',
      body: ask.body === undefined ? null : JSON.stringify(ask.body),
      signal,
      ...(dispatcher !== undefined && { dispatcher }),
    });
    const head = { status: response.status, header: (name: string) => response.headers.get(name) };
    const to = response.headers.get('location');
    if (isPage(head) || (to && response.status < 400)) throw strangePage(ask.doing, this.#server.server, to ?? undefined);
    this.#heard(response.headers.get('date'));
    if (!response.ok) throw refusal(ask.doing, response.status, await textOf(response, mostErrorBytes));
    return response;
  }

  async #attempt<T>(ask: ApiRequest, context: RequestContext, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      throw this.#failure(ask, context, error);
    }
  }

  #failure(ask: ApiRequest, context: RequestContext, error: unknown): ClusterError {
    if (error instanceof ClusterError) return error;
    if (error instanceof HalfAnswer) return halfAnswer(error);
    if (ask.signal?.aborted !== true) this.#config.leave(context.getDispatcher());
    return unreachable(ask.doing, this.#server, error);
  }

  #context({ path, query, method, body, contentType }: ApiRequest): RequestContext {
    const url = new URL(this.#server.server + path);
    for (const [name, value] of Object.entries(query ?? {})) if (value !== undefined) url.searchParams.set(name, String(value));
    const context = new RequestContext(url.href, HttpMethod[method ?? 'GET']);
    context.setHeaderParam('User-Agent', 'coxswain');
    if (body !== undefined) context.setHeaderParam('Content-Type', contentType ?? 'application/json');
    return context;
  }
}

async function textOf({ body }: Response, most: number): Promise<string> {
  const parts: Uint8Array[] = [];
  if (body) for await (const piece of pieces(body as AsyncIterable<Uint8Array>, most, 'it')) parts.push(piece);
  return Buffer.concat(parts).toString('utf8');
}
