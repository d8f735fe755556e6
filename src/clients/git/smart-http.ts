import { UserError } from '../../core/errors.ts';
import { trimEndSigns } from '../../core/trim.ts';
import { HttpError } from '../http/http-error.ts';
import type { Http, HttpAnswer, HttpRequest } from '../http.ts';
import { PacketDecoder, PacketError, type PacketReader } from './pkt-line.ts';
import { type Advertisement, AdvertisementReader, lsRefsRequest, printable, RefReader } from './refs.ts';

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
const resultType = 'application/x-git-upload-pack-result';
const mostBytes = 32 * 1024 ** 2;
const mostRedirects = 4;

/**
 * Asks a server for what it speaks. Redirects are followed on the same host only, and never from https to http.
 * @throws UserError, HttpError
 */
export async function discover(client: SmartHttp, url: URL): Promise<Remote> {
  let at = new URL(`${trimEndSigns(url.href, '/')}/info/refs?${query}`);
  for (let hops = 0; ; hops++) {
    const base = new URL(at.href.slice(0, -`/info/refs?${query}`.length));
    const request = { headers: { ...headers(client), 'git-protocol': 'version=2' } };
    const { answer, reader } = await packets(client, { base, url: at, request }, () => new AdvertisementReader());
    const location = answer.header('location');
    if (![301, 302, 303, 307, 308].includes(answer.status) || !location) return remoteOf(client, base, answer, reader);
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
  const request: HttpRequest = {
    method: 'POST',
    headers: {
      ...headers(client),
      'git-protocol': 'version=2',
      'content-type': 'application/x-git-upload-pack-request',
      accept: resultType,
    },
    body: lsRefsRequest(advertisement, prefixes),
    repeatable: true,
  };
  const url = `${base.href}/git-upload-pack`;
  const { answer, reader } = await packets(client, { base, url, request }, () => new RefReader());
  if (answer.status !== 200) throw refusal(client, base, answer);
  return reader?.refs ?? noGitServer(base, answer);
}

function remoteOf(client: SmartHttp, base: URL, answer: HttpAnswer, reader: AdvertisementReader | undefined): Remote {
  if (answer.status !== 200) throw refusal(client, base, answer);
  return { base, advertisement: reader ? understood(base, () => reader.advertisement()) : noGitServer(base, answer) };
}

function noGitServer(base: URL, { header }: HttpAnswer): never {
  throw new UserError(
    `${base.href} does not answer as a git server (${printable(header('content-type') ?? 'no content type')}): ` +
      'the address is wrong, or the server has git\u2019s old "dumb" protocol only. Give the address that `git clone` takes, on a server with smart HTTP.',
  );
}

/** Asks, and reads the packets of a good answer while it comes; of any other nothing is kept but its head, and there is no reader. */
async function packets<R extends PacketReader>(
  { http }: SmartHttp,
  { base, url, request }: { readonly base: URL; readonly url: string | URL; readonly request: HttpRequest },
  newReader: () => R,
): Promise<{ answer: HttpAnswer; reader: R | undefined }> {
  let reader: R | undefined;
  let decoder: PacketDecoder | undefined;
  const into: HttpRequest['into'] = ({ status, header }) => {
    reader =
      status === 200 && [advertisementType, resultType].some((type) => header('content-type')?.startsWith(type)) ? newReader() : undefined;
    decoder = reader && new PacketDecoder(reader);
    return (piece) => understood(base, () => decoder?.add(piece));
  };
  const answer = await http.request(url, { ...request, maxBytes: mostBytes, into });
  understood(base, () => decoder?.end());
  return { answer, reader };
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
