import { AccessRefused, UserError } from '../../core/errors.ts';
import { mayGo } from '../../core/git/credential.ts';
import { inQuotes } from '../../core/text/quoted.ts';
import { trimEndSigns } from '../../core/text/trim.ts';
import { monotonic } from '../../core/time/clock.ts';
import type { Http, HttpAnswer } from '../http/http-client.ts';
import { HttpError } from '../http/http-error.ts';
import { isPage, pageInstead } from '../http/login-page.ts';
import { type Challenge, readChallenges } from './challenge.ts';

export interface RegistryCredentials {
  readonly username: string;
  readonly password: string;
}

/** How a registry granted access. */
export type LoginKind = 'none' | 'basic' | 'bearer';

export interface LoginOptions {
  readonly api: URL;
  readonly http: Http;
  readonly credentials: RegistryCredentials | undefined;
  /** The prefix of the login's environment variables, for messages: `REGISTRY`. */
  readonly settings: string;
}

/**
 * Sends requests with the authentication that the registry requires: none, basic, or a token from the server that it names
 * (distribution specification, "Token Authentication"). Tokens are cached until shortly before they expire.
 */
export class RegistryLogin {
  readonly #api: URL;
  readonly #http: Http;
  readonly #credentials: RegistryCredentials | undefined;
  readonly #settings: string;
  /** By scope. */
  readonly #headers = new Map<string, { readonly kind: LoginKind; readonly header: string; readonly until: number }>();

  constructor({ api, http, credentials, settings }: LoginOptions) {
    this.#api = api;
    this.#http = http;
    this.#credentials = credentials;
    this.#settings = `${settings}_USERNAME and ${settings}_PASSWORD`;
  }

  /**
   * The response, with a status other than 401, and the kind of login used.
   * @throws AccessRefused if the login is refused or missing, UserError if it cannot be used, HttpError
   */
  async ask(path: string, accept: string, scope: string): Promise<{ answer: HttpAnswer; kind: LoginKind }> {
    const known = this.#headers.get(scope);
    const valid = known && known.until > monotonic() ? known : undefined;
    const first = await this.#get(path, accept, valid?.header);
    if (isPage(first)) throw new UserError(`${pageInstead(this.#api.host, `the registry (${path})`, this.#remedy())}.`);
    if (first.status !== 401) return { answer: first, kind: valid?.kind ?? 'none' };
    const login = await this.#answerTo(readChallenges(first.header('www-authenticate') ?? ''), scope);
    const second = await this.#get(path, accept, login.header);
    if (second.status === 401) throw this.#refused();
    if (isPage(second)) throw new UserError(`${pageInstead(this.#api.host, `the registry (${path})`, this.#remedy())}.`);
    this.#headers.set(scope, login);
    return { answer: second, kind: login.kind };
  }

  async #get(path: string, accept: string, authorization: string | undefined): Promise<HttpAnswer> {
    const url = `${trimEndSigns(this.#api.href, '/')}${path}`;
    return await this.#http.request(url, { headers: { accept, ...(authorization && { authorization }) }, maxBytes: 4 * 1024 ** 2 });
  }

  async #answerTo(challenges: readonly Challenge[], scope: string): Promise<{ kind: LoginKind; header: string; until: number }> {
    const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
    if (bearer) return await this.#token(bearer, scope);
    if (!challenges.some(({ scheme }) => scheme === 'basic')) {
      throw new AccessRefused(
        `The registry ${this.#api.host} requires a login that is neither Basic nor Bearer; coxswain only supports these two.`,
      );
    }
    const basic = this.#basic();
    if (!basic) throw this.#refused();
    return { kind: 'basic', header: basic, until: Number.POSITIVE_INFINITY };
  }

  async #token({ parameters }: Challenge, scope: string): Promise<{ kind: LoginKind; header: string; until: number }> {
    const url = this.#realm(parameters.realm ?? '');
    if (parameters.service) url.searchParams.set('service', parameters.service);
    const wanted = parameters.scope ?? scope;
    if (wanted) url.searchParams.set('scope', wanted);
    const basic = this.#basic();
    const answer = await this.#http.request(url, { headers: basic ? { authorization: basic } : {}, maxBytes: mostTokenBytes });
    if (answer.status === 401 || answer.status === 403) throw this.#refused();
    if (isPage(answer)) throw new UserError(`${pageInstead(url.host, 'a token', this.#remedy())}.`);
    if (answer.status !== 200)
      throw new HttpError(`${url.host} answered ${answer.status} to a request for a registry token`, {
        retry: answer.status === 429 || answer.status >= 500,
        retryAt: answer.retryAt,
      });
    const { token, seconds } = tokenIn(answer.text(), url.host);
    return { kind: 'bearer', header: `Bearer ${token}`, until: monotonic() + (seconds - 10) * 1_000 };
  }

  /** The token server, which gets the login: any https server named by the registry, or the registry's host itself if both use http. */
  #realm(realm: string): URL {
    const url = URL.canParse(realm) ? new URL(realm) : undefined;
    const named = (to: URL) => to.protocol === 'https:' || (to.protocol === 'http:' && to.hostname === this.#api.hostname);
    if (url && /^https?:$/.test(url.protocol) && mayGo(url, this.#api, named)) return url;
    const where = `The registry ${this.#api.host} refers to a token server at ${inQuotes(realm, 200)}`;
    if (url?.protocol === 'http:' && this.#api.protocol === 'https:')
      throw new UserError(
        `${where}, and the login is not sent over plain http: configure its realm as https (often needed for a registry behind a proxy).`,
      );
    throw new UserError(`${where}, which is neither https nor the registry itself.`);
  }

  #basic(): string | undefined {
    const { username, password } = this.#credentials ?? {};
    return username === undefined ? undefined : `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  }

  #remedy(): string {
    return `check ${this.#settings}`;
  }

  #refused(): AccessRefused {
    const { username } = this.#credentials ?? {};
    return new AccessRefused(
      username === undefined
        ? `The registry ${this.#api.host} requires a login: set ${this.#settings}.`
        : `The registry ${this.#api.host} refuses the login ${JSON.stringify(username)}: check ${this.#settings}.`,
    );
  }
}

const mostTokenBytes = 256 * 1024;

/** RFC 6749 calls it access_token, older servers token; it is valid for 60 s if nothing else is specified. */
function tokenIn(text: string, host: string): { token: string; seconds: number } {
  const found: unknown = parsed(text);
  if (typeof found === 'object' && found !== null) {
    const { token, access_token: access, expires_in: seconds } = found as Record<string, unknown>;
    const value = token ?? access;
    if (typeof value === 'string' && value !== '') return { token: value, seconds: typeof seconds === 'number' ? seconds : 60 };
  }
  throw new HttpError(`the answer of ${host} contains no registry token`, { retry: false });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
