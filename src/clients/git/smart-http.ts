import { UserError } from '../../core/errors.ts';
import { HttpError } from '../http/http-error.ts';
import type { Http, HttpAnswer } from '../http.ts';
import { decodePackets, PacketError } from './pkt-line.ts';
import { type Advertisement, lsRefsRequest, printable, readAdvertisement, readRefs } from './refs.ts';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** A repository behind smart HTTP, as found: its address after redirects and what its server speaks. */
export interface Remote {
  readonly base: URL;
  readonly advertisement: Advertisement;
}

export interface SmartHttp {
  readonly http: Http;
  /** Sent to the repository's own host only, and in clear text only where plain http to it is allowed. */
  readonly credentials?: Credentials;
}

const query = 'service=git-upload-pack';
const advertisementType = 'application/x-git-upload-pack-advertisement';
const mostBytes = 32 * 1024 ** 2;
const mostRedirects = 4;

/**
 * Asks a server for what it speaks. Redirects are followed on the same host only, and never from https to http.
 * @throws UserError, HttpError
 */
export async function discover(client: SmartHttp, url: URL): Promise<Remote> {
  let at = new URL(`${url.href.replace(/\/+$/, '')}/info/refs?${query}`);
  for (let hops = 0; ; hops++) {
    const answer = await client.http.request(at, { headers: { ...headers(client), 'git-protocol': 'version=2' }, maxBytes: mostBytes });
    const location = answer.header('location');
    if (![301, 302, 303, 307, 308].includes(answer.status) || !location) return remoteOf(client, at, answer);
    if (hops >= mostRedirects) throw new UserError(`${url.href} leads from one address to the next and never arrives: check it.`);
    at = sameHost(at, new URL(location, at));
  }
}

/**
 * Full ref name → object id, of the refs that begin with one of the prefixes. One request; a server of protocol v0 or v1
 * has said all of them already.
 * @throws UserError, HttpError
 */
export async function listRefs(client: SmartHttp, remote: Remote, prefixes: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { advertisement, base } = remote;
  if (advertisement.version !== 2) return advertisement.refs;
  const answer = await client.http.request(`${base.href}/git-upload-pack`, {
    method: 'POST',
    headers: {
      ...headers(client),
      'git-protocol': 'version=2',
      'content-type': 'application/x-git-upload-pack-request',
      accept: 'application/x-git-upload-pack-result',
    },
    body: lsRefsRequest(advertisement, prefixes),
    maxBytes: mostBytes,
    repeatable: true,
  });
  if (answer.status !== 200) throw refusal(client, base, answer);
  return understood(base, () => readRefs(decodePackets(answer.body)));
}

function remoteOf(client: SmartHttp, at: URL, answer: HttpAnswer): Remote {
  const base = new URL(at.href.slice(0, -`/info/refs?${query}`.length));
  if (answer.status !== 200) throw refusal(client, base, answer);
  if (!answer.header('content-type')?.startsWith(advertisementType)) {
    throw new UserError(
      `${base.href} does not answer as a git server (${printable(answer.header('content-type') ?? 'no content type')}): ` +
        'the address is wrong, or the server has git\u2019s old "dumb" protocol only. Give the address that `git clone` takes, on a server with smart HTTP.',
    );
  }
  return { base, advertisement: understood(base, () => readAdvertisement(decodePackets(answer.body))) };
}

function headers({ credentials }: SmartHttp): Record<string, string> {
  if (!credentials) return {};
  return { authorization: `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}` };
}

function sameHost(from: URL, to: URL): URL {
  const upgrade = from.protocol === 'http:' && to.protocol === 'https:';
  const same = to.hostname === from.hostname && (upgrade || (to.protocol === from.protocol && to.port === from.port));
  if (!same || !to.href.endsWith(`/info/refs?${query}`) || to.username || to.password) {
    throw new UserError(
      `${from.origin}${from.pathname} leads to ${to.origin}${to.pathname}, which is not followed: configure the address at which the repository is now.`,
    );
  }
  return to;
}

function refusal({ credentials }: SmartHttp, base: URL, { status, header }: HttpAnswer): Error {
  const login = credentials ? `the login ${JSON.stringify(credentials.username)}` : 'no login';
  const set = 'GIT_USERNAME and GIT_PASSWORD (or GIT_PASSWORD_FILE)';
  if (status === 401) {
    return new UserError(
      credentials
        ? `${base.host} refuses ${login} for ${base.pathname}: check ${set}.`
        : `${base.host} asks for a login for ${base.pathname}: set ${set}. Some servers say so too where there is no such repository.`,
    );
  }
  if (status === 403) return new UserError(`${base.host} does not let ${login} read ${base.pathname} (403): check its rights and ${set}.`);
  if (status === 404 || status === 410) {
    return new UserError(
      `${base.host} has no repository ${base.pathname}, or ${login} may not see it (${status}): check the address and ${set}.`,
    );
  }
  const later = status === 429 || status >= 500;
  const wait = header('retry-after');
  return new HttpError(`${base.host} answers ${status} for ${base.pathname}${wait ? ` and asks to wait (${printable(wait)})` : ''}`, {
    retry: later,
  });
}

function understood<T>(base: URL, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof PacketError)
      throw new HttpError(`${base.host} is not understood for ${base.pathname}: ${error.message}`, { retry: true, cause: error });
    throw error;
  }
}
