import type { ServerResponse } from 'node:http';
import { SlackError } from './errors.ts';
import type { Faults } from './faults.ts';
import { type Args, type Context, type Method, missingScope } from './method.ts';
import { channelMethods } from './methods/channels.ts';
import { editingMethods } from './methods/editing.ts';
import { fileMethods } from './methods/files.ts';
import { historyMethods } from './methods/history.ts';
import { peopleMethods } from './methods/people.ts';
import { postingMethods } from './methods/posting.ts';
import { viewMethods } from './methods/views.ts';
import type { JsonObject } from './model.ts';

const methods = new Map<string, Method>(
  [...postingMethods, ...editingMethods, ...historyMethods, ...channelMethods, ...fileMethods, ...peopleMethods, ...viewMethods].map(
    (method) => [method.name, method],
  ),
);

/** A Web API call as it arrived, and how it ended: `ok`, Slack's error, or `cut`. */
export interface Call {
  readonly method: string;
  readonly args: Args;
  readonly outcome: string;
}

/** Of a sandbox that runs for days, only the newest calls are remembered. */
const mostCalls = 20_000;

export interface Tokens {
  readonly bot: string;
  readonly app: string;
}

/** Answers Web API calls in Slack's order: method, token, scope, limit, arguments. */
export class WebApi {
  readonly calls: Call[] = [];
  readonly #context: Context;
  readonly #tokens: Tokens;
  readonly #faults: Faults;

  constructor(context: Context, tokens: Tokens, faults: Faults) {
    this.#context = context;
    this.#tokens = tokens;
    this.#faults = faults;
  }

  async answer(name: string, authorization: string | undefined, args: Args, response: ServerResponse): Promise<void> {
    const record = (outcome: string) => this.#record({ method: name, args, outcome });
    const fault = this.#faults.take(name);
    if (fault?.kind === 'cut') {
      record('cut');
      response.socket?.destroy();
      return;
    }
    if (fault?.kind === 'status') {
      record(String(fault.status));
      response.writeHead(fault.status).end();
      return;
    }
    const result = this.#outcome(name, authorization, args, fault);
    record(result instanceof SlackError ? result.error : 'ok');
    if (fault?.kind === 'accept-and-cut') {
      response.socket?.destroy();
      return;
    }
    if (fault?.kind === 'delay') await new Promise((resolve) => setTimeout(resolve, fault.ms));
    if (fault?.kind === 'hold') {
      fault.arrived();
      await fault.released;
    }
    this.#send(response, name, result);
  }

  #record(call: Call): void {
    this.calls.push(call);
    if (this.calls.length > mostCalls) this.calls.splice(0, mostCalls / 2);
  }

  #outcome(name: string, authorization: string | undefined, args: Args, fault: ReturnType<Faults['take']>): JsonObject | SlackError {
    if (fault?.kind === 'rate-limit') return new SlackError('ratelimited', {}, fault.seconds);
    if (fault?.kind === 'fail') return new SlackError(fault.error);
    try {
      return this.#run(name, authorization, args);
    } catch (error) {
      if (error instanceof SlackError) return error;
      throw error;
    }
  }

  #run(name: string, authorization: string | undefined, args: Args): JsonObject {
    const method = methods.get(name);
    if (!method) throw new SlackError('unknown_method', { req_method: name });
    const { token: bodyToken, ...given } = args;
    const kind = this.#tokenKind(method, authorization ?? (typeof bodyToken === 'string' ? `Bearer ${bodyToken}` : undefined));
    const { scopes = [] } = method;
    if (scopes.length > 0 && !scopes.some((scope) => this.#context.scopes.includes(scope))) throw missingScope(this.#context, scopes);
    const wait = this.#context.limits.take(name, method.tier);
    if (wait > 0) throw new SlackError('ratelimited', {}, wait);
    return method.run(this.#context, { ...given, token_kind: kind });
  }

  #tokenKind(method: Method, authorization: string | undefined): 'bot' | 'app' | 'none' {
    if (method.token === 'none') return 'none';
    const token = authorization?.match(/^Bearer (\S+)$/i)?.[1];
    if (!token) throw new SlackError('not_authed');
    const kind = token === this.#tokens.bot ? 'bot' : token === this.#tokens.app ? 'app' : undefined;
    if (!kind) throw new SlackError('invalid_auth');
    if (method.token !== 'either' && method.token !== kind) throw new SlackError('not_allowed_token_type');
    return kind;
  }

  #send(response: ServerResponse, name: string, result: JsonObject | SlackError): void {
    if (response.destroyed) return;
    const failed = result instanceof SlackError;
    response.setHeader('content-type', 'application/json; charset=utf-8');
    response.setHeader('x-oauth-scopes', this.#context.scopes.join(','));
    response.setHeader('x-accepted-oauth-scopes', methods.get(name)?.scopes?.join(',') ?? '');
    if (failed && result.retryAfter !== undefined) response.setHeader('retry-after', String(result.retryAfter));
    response.statusCode = failed && result.error === 'ratelimited' ? 429 : 200;
    response.end(JSON.stringify(failed ? { ok: false, error: result.error, ...result.extra } : { ok: true, ...result }));
  }
}
