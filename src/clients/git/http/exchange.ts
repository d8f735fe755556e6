import { UserError } from '../../../core/errors.ts';
import { mayGo } from '../../../core/git/credential.ts';
import { plainLine } from '../../../core/text/plain-line.ts';
import { inQuotes } from '../../../core/text/quoted.ts';
import { HalfAnswer } from '../../http/half-answer.ts';
import type { Http, HttpAnswer, HttpRequest } from '../../http/http-client.ts';
import { HttpError } from '../../http/http-error.ts';
import { isPage, pageInstead } from '../../http/login-page.ts';
import { type Login, loginRemedy } from '../logins/logins.ts';
import { PacketDecoder, PacketError, type PacketReader, RefusedByServer, TooLarge } from './pkt-line.ts';

export interface SmartHttp {
  readonly http: Http;
  /** The URL of the repository, which the login is for. */
  readonly home: URL;
  readonly login?: Extract<Login, { readonly kind: 'basic' }>;
}

/** A request for a repository. */
interface Exchange {
  /** The URL of the repository, for messages. */
  readonly base: URL;
  readonly url: string | URL;
  readonly request: HttpRequest;
}

/** The server refuses a request for another reason than its login or address, or fails at it: it may be one that only git's own client can make. */
export class RefusedRequest extends HttpError {}

const advertisementType = 'application/x-git-upload-pack-advertisement';
const resultType = 'application/x-git-upload-pack-result';
const mostBytes = 32 * 1024 ** 2;

/** Sends a request and reads the packets of a successful response as it streams; for any other only the head is kept, without a reader. */
export async function packets<R extends PacketReader>(
  { http }: SmartHttp,
  { base, url, request }: Exchange,
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
  if (answer.status === 200 && bytes === 0)
    understood(base, () => {
      throw new PacketError('it is empty');
    });
  understood(base, () => decoder?.end());
  return { answer, reader };
}

/** Runs a command of the protocol. @throws UserError, HttpError */
export async function command<R extends PacketReader>(
  client: SmartHttp,
  { base, body, signal }: { readonly base: URL; readonly body: string; readonly signal?: AbortSignal },
  newReader: () => R,
): Promise<R> {
  const request: HttpRequest = {
    method: 'POST',
    headers: {
      ...headers(client, base),
      'git-protocol': 'version=2',
      'content-type': 'application/x-git-upload-pack-request',
      accept: resultType,
    },
    body,
    repeatable: true,
    ...(signal && { signal }),
  };
  const { answer, reader } = await packets(client, { base, url: `${base.href}/git-upload-pack`, request }, newReader);
  return demandPackets(client, base, answer, reader);
}

/** @throws UserError, HttpError if the answer did not consist of packets */
export function demandPackets<R>(client: SmartHttp, base: URL, answer: HttpAnswer, reader: R | undefined): R {
  if (isPage(answer)) throw new UserError(`${pageInstead(base.host, refsWanted(base), remedyOf(client))}.`);
  if (answer.status !== 200) throw refusal(client, base, answer);
  if (!reader) throw noGitServer(base, answer);
  return reader;
}

function noGitServer(base: URL, { header }: HttpAnswer): UserError {
  return new UserError(
    `${base.href} does not answer as a git server (${plainLine(header('content-type') ?? 'no content type', 200)}): ` +
      'the address is wrong, or the server has git\u2019s old "dumb" protocol only. Use the address that `git clone` takes, on a server with smart HTTP.',
  );
}

/** The Authorization header, if the login may be sent there. */
export function authorization({ login, home }: SmartHttp, to: URL): string | undefined {
  if (!login || !mayGo(to, home)) return undefined;
  return `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`;
}

export function headers(client: SmartHttp, to: URL): Record<string, string> {
  const header = authorization(client, to);
  return header ? { authorization: header } : {};
}

export const refsWanted = ({ pathname }: URL): string => `the repository ${pathname}`;

export const remedyOf = ({ login, home }: SmartHttp): string => loginRemedy(login, home.href);

function refusal(client: SmartHttp, base: URL, { status, header, retryAt }: HttpAnswer): Error {
  const wait = header('retry-after');
  const words = `${base.host} answers ${status} for ${base.pathname}${wait ? ` and asks to wait (${plainLine(wait, 200)})` : ''}`;
  // Limits are answered with 403 too.
  if (retryAt !== undefined || status === 429) return new HttpError(words, { retry: true, retryAt });
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
  return new RefusedRequest(words, { retry: status >= 500 });
}

/** Turns what is wrong with an answer into the error of its host. */
export function understood<T>(base: URL, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof RefusedByServer)
      throw new HttpError(`${base.host} refuses the request for ${base.pathname}: ${inQuotes(error.message, 200)}`, {
        retry: true,
        cause: error,
      });
    if (error instanceof TooLarge)
      throw new HttpError(`the answer of ${base.host} for ${base.pathname} is too large: ${error.message}`, { retry: false, cause: error });
    if (error instanceof PacketError) throw new HalfAnswer(base.host, base.pathname, error.message, error);
    throw error;
  }
}
