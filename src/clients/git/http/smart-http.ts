import { UserError } from '../../../core/errors.ts';
import { mayGo } from '../../../core/git/credential.ts';
import { plainLine } from '../../../core/text/plain-line.ts';
import { inQuotes } from '../../../core/text/quoted.ts';
import { trimEndSigns } from '../../../core/text/trim.ts';
import { HalfAnswer } from '../../http/half-answer.ts';
import type { Http, HttpAnswer, HttpRequest } from '../../http/http-client.ts';
import { HttpError } from '../../http/http-error.ts';
import { isPage, ledAway, pageInstead } from '../../http/login-page.ts';
import { type Login, loginRemedy } from '../logins/logins.ts';
import { type Advertisement, AdvertisementReader } from './advertisement.ts';
import { PacketDecoder, PacketError, type PacketReader, RefusedByServer, TooLarge } from './pkt-line.ts';
import { lsRefsRequest, RefReader } from './refs.ts';

/*
 * Implemented here instead of calling `git ls-remote`, because every repository is polled every half minute. Client CPU time for one
 * poll, on two shared cores with Node 24.21 and git 2.39, plain HTTP on loopback, responses cached by the server, eight polls at once:
 *
 *                                    here      git ls-remote
 *   200 repositories of 10 branches  0.3 ms    13.7 ms    (all of them: 0.1 s versus 2.4 s wall-clock time; the same through a proxy)
 *   one repository of 10,000         24 ms     41 ms
 *
 * After the first poll it is one request instead of the program's two, over a connection that is kept alive.
 * Proxies are those of the HTTP client, chosen by the same rule as for the git program (`proxyFor`).
 */

/** A repository served over smart HTTP: its URL after redirects and the protocol its server speaks. */
export interface Remote {
  readonly base: URL;
  readonly advertisement: Advertisement;
}

export interface SmartHttp {
  readonly http: Http;
  /** The URL of the repository, which the login is for. */
  readonly home: URL;
  readonly login?: Extract<Login, { readonly kind: 'basic' }>;
}

const query = 'service=git-upload-pack';
const advertisementType = 'application/x-git-upload-pack-advertisement';
const resultType = 'application/x-git-upload-pack-result';
const mostBytes = 32 * 1024 ** 2;
const mostRedirects = 4;

/**
 * Asks a server for its protocol version and capabilities. Redirects are followed only on the same host, and never from https to http.
 * @throws UserError, HttpError
 */
export async function discover(client: SmartHttp, url: URL): Promise<Remote> {
  let at = new URL(`${trimEndSigns(url.href, '/')}/info/refs?${query}`);
  for (let hops = 0; ; hops++) {
    const base = new URL(at.href.slice(0, -`/info/refs?${query}`.length));
    const request = { headers: { ...headers(client, at), 'git-protocol': 'version=2' } };
    const { answer, reader } = await packets(client, { base, url: at, request }, () => new AdvertisementReader());
    const location = answer.header('location');
    if (![301, 302, 303, 307, 308].includes(answer.status) || !location) return remoteOf(client, base, answer, reader);
    if (hops >= mostRedirects) throw new UserError(`${url.href} redirects endlessly: check it.`);
    at = followed(client, at, new URL(location, at));
  }
}

/**
 * Full ref name → object id, of the refs that start with one of the prefixes. One request; none for a server with protocol v0 or v1,
 * which has already advertised them all.
 * @throws UserError, HttpError
 */
export async function listRefs(client: SmartHttp, remote: Remote, prefixes: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { advertisement, base } = remote;
  if (advertisement.version !== 2) return advertisement.refs;
  const request: HttpRequest = {
    method: 'POST',
    headers: {
      ...headers(client, base),
      'git-protocol': 'version=2',
      'content-type': 'application/x-git-upload-pack-request',
      accept: resultType,
    },
    body: lsRefsRequest(advertisement, prefixes),
    repeatable: true,
  };
  const url = `${base.href}/git-upload-pack`;
  const { answer, reader } = await packets(client, { base, url, request }, () => new RefReader(advertisement.objectFormat));
  if (isPage(answer)) throw new UserError(`${pageInstead(base.host, refsWanted(base), remedyOf(client))}.`);
  if (answer.status !== 200) throw refusal(client, base, answer);
  return reader?.refs ?? noGitServer(base, answer);
}

function remoteOf(client: SmartHttp, base: URL, answer: HttpAnswer, reader: AdvertisementReader | undefined): Remote {
  if (isPage(answer)) throw new UserError(`${pageInstead(base.host, refsWanted(base), remedyOf(client))}.`);
  if (answer.status !== 200) throw refusal(client, base, answer);
  return { base, advertisement: reader ? understood(base, () => reader.advertisement()) : noGitServer(base, answer) };
}

function noGitServer(base: URL, { header }: HttpAnswer): never {
  throw new UserError(
    `${base.href} does not answer as a git server (${plainLine(header('content-type') ?? 'no content type', 200)}): ` +
      'the address is wrong, or the server has git\u2019s old "dumb" protocol only. Use the address that `git clone` takes, on a server with smart HTTP.',
  );
}

/** Sends a request and reads the packets of a successful response as it streams; for any other only the head is kept, without a reader. */
async function packets<R extends PacketReader>(
  { http }: SmartHttp,
  { base, url, request }: { readonly base: URL; readonly url: string | URL; readonly request: HttpRequest },
  newReader: () => R,
): Promise<{ answer: HttpAnswer; reader: R | undefined }> {
  let reader: R | undefined;
  let decoder: PacketDecoder | undefined;
  let bytes = 0;
  const into: HttpRequest['into'] = ({ status, header }) => {
    reader =
      status === 200 && [advertisementType, resultType].some((type) => header('content-type')?.startsWith(type)) ? newReader() : undefined;
    decoder = reader && new PacketDecoder(reader);
    bytes = 0;
    return (piece) => {
      bytes += piece.length;
      understood(base, () => decoder?.add(piece));
    };
  };
  const answer = await http.request(url, { ...request, maxBytes: mostBytes, into });
  if (answer.status === 200 && bytes === 0) throw new HalfAnswer(base.host, base.pathname, 'it is empty');
  understood(base, () => decoder?.end());
  return { answer, reader };
}

/** The Authorization header, if the login may be sent there. */
export function authorization({ login, home }: SmartHttp, to: URL): string | undefined {
  if (!login || !mayGo(to, home)) return undefined;
  return `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`;
}

function headers(client: SmartHttp, to: URL): Record<string, string> {
  const header = authorization(client, to);
  return header ? { authorization: header } : {};
}

/** Follows a redirect only on the same host; any other means that the URL is wrong, or that the server wants a login. */
function followed(client: SmartHttp, from: URL, to: URL): URL {
  if (mayGo(to, client.home) && to.href.endsWith(`/info/refs?${query}`)) return to;
  const remedy = `configure the current address of the repository, or ${remedyOf(client)}`;
  throw new UserError(`${ledAway(from.origin + from.pathname, to.origin + to.pathname, refsWanted(client.home), remedy)}.`);
}

const refsWanted = ({ pathname }: URL): string => `the repository ${pathname}`;

const remedyOf = ({ login, home }: SmartHttp): string => loginRemedy(login, home.href);

function refusal(client: SmartHttp, base: URL, { status, header, retryAt }: HttpAnswer): Error {
  const who = client.login ? `the login ${JSON.stringify(client.login.username)}` : 'anonymous users';
  const remedy = remedyOf(client);
  if (status === 401) {
    return new UserError(
      client.login
        ? `${base.host} refuses ${who} for ${base.pathname}: ${remedy}.`
        : `${base.host} asks for a login for ${base.pathname}: ${remedy}. Some servers also answer this if there is no such repository.`,
    );
  }
  if (status === 403)
    return new UserError(`${base.host} does not let ${who} read ${base.pathname} (403): grant read access, or ${remedy}.`);
  if (status === 404 || status === 410) {
    return new UserError(
      `${base.host} has no repository ${base.pathname}, or ${who} cannot see it (${status}): check the address, or ${remedy}.`,
    );
  }
  const later = status === 429 || status >= 500;
  const wait = header('retry-after');
  return new HttpError(`${base.host} answers ${status} for ${base.pathname}${wait ? ` and asks to wait (${plainLine(wait, 200)})` : ''}`, {
    retry: later,
    retryAt,
  });
}

function understood<T>(base: URL, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof RefusedByServer)
      throw new HttpError(`${base.host} refuses to list ${base.pathname}: ${inQuotes(error.message, 200)}`, { retry: true, cause: error });
    if (error instanceof TooLarge)
      throw new HttpError(`the answer of ${base.host} for ${base.pathname} is too large: ${error.message}`, { retry: false, cause: error });
    if (error instanceof PacketError) throw new HalfAnswer(base.host, base.pathname, error.message, error);
    throw error;
  }
}
