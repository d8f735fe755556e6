import { AccessRefused, UserError } from '../../core/errors.ts';
import { mayGo } from '../../core/git/credential.ts';
import { inQuotes } from '../../core/text/quoted.ts';
import { HalfAnswer, jsonAnswer } from '../http/half-answer.ts';
import type { Http, HttpAnswer } from '../http/http-client.ts';
import { HttpError } from '../http/http-error.ts';
import { isPage, ledAway, pageInstead } from '../http/login-page.ts';
import type { Challenge } from './challenge.ts';
import { loginVariables, type RegistryContext, wrongLogin } from './refusal.ts';
import { saidByRegistry, statusWith } from './registry-errors.ts';

const mostTokenBytes = 256 * 1024;
const mostRedirects = 4;

export interface TokenRequest {
  readonly http: Http;
  readonly registry: RegistryContext;
  /** The Authorization header of the login, if there is one. */
  readonly basic: string | undefined;
}

/**
 * A token for a scope from the server that the registry names (distribution specification, "Token Authentication"), and for how many
 * seconds it is valid.
 * @throws AccessRefused, UserError, HttpError
 */
export async function fetchToken(
  { http, registry, basic }: TokenRequest,
  { parameters }: Challenge,
  scope: string,
): Promise<{ readonly token: string; readonly seconds: number }> {
  const url = realm(parameters.realm ?? '', registry);
  if (parameters.service) url.searchParams.set('service', parameters.service);
  const wanted = parameters.scope ?? scope;
  if (wanted) url.searchParams.set('scope', wanted);
  const { answer, at } = await following(http, url, registry, basic);
  if (answer.status !== 200) throw refusal(answer, at, wanted, registry);
  if (isPage(answer)) throw new UserError(`${pageInstead(at.host, 'a token', `check ${loginVariables(registry)}`)}.`);
  return tokenIn(answer.text(), at.host);
}

/** The token server, which gets the login: any https server named by the registry, or the registry's host itself if both use http. */
function realm(written: string, { api }: RegistryContext): URL {
  const url = URL.canParse(written) ? new URL(written) : undefined;
  const named = (to: URL) => to.protocol === 'https:' || (to.protocol === 'http:' && to.hostname === api.hostname);
  if (url && /^https?:$/.test(url.protocol) && mayGo(url, api, named)) return url;
  const where = `The registry ${api.host} refers to a token server at ${inQuotes(written, 200)}`;
  if (url?.protocol === 'http:' && api.protocol === 'https:')
    throw new UserError(
      `${where}, and the login is not sent over plain http: configure its realm as https (often needed for a registry behind a proxy).`,
    );
  throw new UserError(`${where}, which is neither https nor the registry itself.`);
}

/** Redirects are followed only where the login may go: on the same host, and never from https to http. */
async function following(
  http: Http,
  first: URL,
  registry: RegistryContext,
  basic: string | undefined,
): Promise<{ readonly answer: HttpAnswer; readonly at: URL }> {
  let at = first;
  for (let hops = 0; ; hops++) {
    const answer = await http.request(at, { headers: basic ? { authorization: basic } : {}, maxBytes: mostTokenBytes });
    const location = answer.header('location');
    if (![301, 302, 303, 307, 308].includes(answer.status) || location === undefined) return { answer, at };
    const to = URL.canParse(location, at.href) ? new URL(location, at) : undefined;
    const where = `the realm that the registry ${registry.api.host} names`;
    if (hops >= mostRedirects) throw new UserError(`The token server ${at.host} redirects endlessly: check it, and ${where}.`);
    if (!to || !/^https?:$/.test(to.protocol) || !mayGo(to, at)) {
      const shown = to ? to.origin + to.pathname : location.slice(0, 200);
      throw new UserError(`${ledAway(`The token server ${at.host}`, shown, 'a token', `correct ${where}`)}.`);
    }
    at = to;
  }
}

function refusal(answer: HttpAnswer, at: URL, scope: string, registry: RegistryContext): Error {
  const { status, retryAt } = answer;
  const said = statusWith(status, saidByRegistry(answer.text()));
  if (status === 401) return wrongLogin(registry, `${said} from ${at.host}`);
  if (status === 403 && !retryAt) {
    const who = registry.username === undefined ? 'anonymous users' : `the login ${inQuotes(registry.username)}`;
    const what = scope === '' ? 'token' : `token for ${scope}`;
    const remedy = `check its rights there, and ${loginVariables(registry)}`;
    return new AccessRefused(`The token server ${at.host} gives ${who} no ${what} (${said}): ${remedy}.`);
  }
  if (retryAt || status === 429 || status >= 500)
    return new HttpError(`${at.host} answered ${said} to a request for a registry token`, { retry: true, retryAt });
  const remedy = `check the realm that the registry ${registry.api.host} names, and ${loginVariables(registry)}`;
  return new UserError(`The token server ${at.origin}${at.pathname} answers ${said} to a request for a token: ${remedy}.`);
}

/** RFC 6749 calls it access_token, older servers token, some send both and one of them empty; valid for 60 s if nothing else is said. */
function tokenIn(text: string, host: string): { token: string; seconds: number } {
  const found = jsonAnswer(text, { host, about: 'a registry token' });
  const { token, access_token: access, expires_in: seconds } = (found ?? {}) as Record<string, unknown>;
  const value = [token, access].find((one): one is string => typeof one === 'string' && one !== '');
  if (value === undefined) throw new HalfAnswer(host, 'a registry token', 'it has neither `token` nor `access_token`');
  if (/[^\x21-\x7e]/.test(value)) throw new HttpError(`the token of ${host} contains characters that no token has`, { retry: false });
  return { token: value, seconds: typeof seconds === 'number' ? seconds : 60 };
}
