import { AccessRefused, UserError } from '../../core/errors.ts';
import { trimEndSigns } from '../../core/text/trim.ts';
import { monotonic } from '../../core/time/clock.ts';
import type { Http, HttpAnswer } from '../http/http-client.ts';
import { HttpError } from '../http/http-error.ts';
import { isPage, pageInstead } from '../http/login-page.ts';
import { type Challenge, readChallenges } from './challenge.ts';
import { loginVariables, missingRight, type RegistryContext, trustingIn, wrongLogin } from './refusal.ts';
import { fetchToken } from './token-server.ts';

export interface RegistryCredentials {
  readonly username: string;
  readonly password: string;
}

/** How a registry granted access. */
export type LoginKind = 'none' | 'basic' | 'bearer';

type Method = 'GET' | 'POST' | 'DELETE';

interface Granted {
  readonly kind: LoginKind;
  readonly header: string;
  readonly until: number;
}

/**
 * Sends requests with the authentication that the registry requires: none, basic, or a token from the server that it names
 * (distribution specification, "Token Authentication"). Tokens are cached until shortly before they expire.
 */
export class RegistryLogin {
  readonly #registry: RegistryContext;
  readonly #http: Http;
  readonly #basic: string | undefined;
  /** By scope. */
  readonly #headers = new Map<string, Granted>();

  constructor(registry: RegistryContext, http: Http, credentials: RegistryCredentials | undefined) {
    this.#registry = registry;
    this.#http = http;
    this.#basic = credentials && `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`;
  }

  /**
   * The response, with a status other than 401, and the kind of login used.
   * @throws AccessRefused if the login is refused or missing, UserError if it cannot be used, HttpError
   */
  async ask(path: string, accept: string, scope: string, method: Method = 'GET'): Promise<{ answer: HttpAnswer; kind: LoginKind }> {
    const known = this.#headers.get(scope);
    const valid = known && known.until > monotonic() ? known : undefined;
    let first = await this.#send(method, path, accept, valid?.header);
    let kind: LoginKind = valid?.kind ?? 'none';
    // Some registries hide from anonymous users what a login may see.
    if (!valid && this.#basic && (first.status === 403 || first.status === 404)) {
      first = await this.#send(method, path, accept, this.#basic);
      kind = 'basic';
    }
    if (first.status !== 401) return { answer: first, kind };
    const login = await this.#answerTo(first, scope);
    const second = await this.#send(method, path, accept, login.header);
    if (second.status === 401) throw this.#stillRefused(second, path, login.kind);
    this.#headers.set(scope, login);
    return { answer: second, kind: login.kind };
  }

  /**
   * Proves the login where reading needs none: some registries check it all the same, others only for what changes something. Asks for
   * something that no registry serves (POST of /v2/), so nothing is changed.
   * @returns the kind of login; undefined if the registry has not looked at it
   * @throws AccessRefused if it is wrong
   */
  async prove(): Promise<LoginKind | undefined> {
    if (this.#basic === undefined) return undefined;
    const read = await this.#send('GET', '/v2/', '*/*', this.#basic);
    if (read.status === 401) return (await this.#answerTo(read, '', 'sent')).kind;
    const write = await this.#request('/v2/', { method: 'POST' });
    if (write.status !== 401) return undefined;
    const login = await this.#answerTo(write, '');
    const again = await this.#request('/v2/', { method: 'POST', authorization: login.header });
    if (again.status === 401 && login.kind === 'basic') throw wrongLogin(this.#registry);
    return login.kind;
  }

  async #send(method: Method, path: string, accept: string, authorization: string | undefined): Promise<HttpAnswer> {
    const answer = await this.#request(path, { method, accept, ...(authorization && { authorization }) });
    if (!isPage(answer)) return answer;
    const remedy = `check ${this.#registry.key}, and ${loginVariables(this.#registry)}`;
    throw new UserError(`${pageInstead(this.#registry.api.host, `the registry (${path})`, remedy)}.`);
  }

  async #request(path: string, { method = 'GET', ...headers }: { method?: Method; accept?: string; authorization?: string }) {
    const url = `${trimEndSigns(this.#registry.api.href, '/')}${path}`;
    return await this.#trusting(() => this.#http.request(url, { method, headers, maxBytes: 4 * 1024 ** 2 }));
  }

  async #trusting<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      throw trustingIn(this.#registry, error);
    }
  }

  /** @param basic `sent`: the challenge is the answer to the password itself */
  async #answerTo(refused: HttpAnswer, scope: string, basic: 'sent' | 'not sent' = 'not sent'): Promise<Granted> {
    const challenges: readonly Challenge[] = readChallenges(refused.header('www-authenticate') ?? '');
    const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
    if (bearer) {
      const request = { http: this.#http, registry: this.#registry, basic: this.#basic };
      const { token, seconds } = await this.#trusting(() => withoutHead(() => fetchToken(request, bearer, scope)));
      return { kind: 'bearer', header: `Bearer ${token}`, until: monotonic() + (seconds - 10) * 1_000 };
    }
    if (!challenges.some(({ scheme }) => scheme === 'basic')) {
      throw new AccessRefused(
        `The registry ${this.#registry.api.host} requires a login that is neither Basic nor Bearer; coxswain only supports these two.`,
      );
    }
    if (this.#basic === undefined || basic === 'sent') throw wrongLogin(this.#registry);
    return { kind: 'basic', header: this.#basic, until: Number.POSITIVE_INFINITY };
  }

  /** Why a registry refuses again: a token that it does not accept, or one that does not reach this far, is not a wrong password. */
  #stillRefused(answer: HttpAnswer, path: string, kind: LoginKind): Error {
    if (kind === 'basic') return wrongLogin(this.#registry);
    const bearer = readChallenges(answer.header('www-authenticate') ?? '').find(({ scheme }) => scheme === 'bearer');
    const reason = bearer?.parameters.error ?? 'insufficient_scope';
    if (reason === 'insufficient_scope') return missingRight(reason, path, this.#registry);
    const { host } = this.#registry.api;
    const remedy = 'check the issuer, the service and the certificate in the configuration of both, and their clocks';
    return new UserError(
      `The registry ${host} does not accept the token that its own token server gave (${reason.slice(0, 100)}): ${remedy}.`,
    );
  }
}

/** What a token server began to answer says nothing about what the registry was asked for. */
async function withoutHead<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof HttpError) delete error.head;
    throw error;
  }
}
