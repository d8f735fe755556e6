import { UserError } from '../../../core/errors.ts';
import { mayGo } from '../../../core/git/credential.ts';
import { plainLine } from '../../../core/text/plain-line.ts';
import { trimEndSigns } from '../../../core/text/trim.ts';
import { HalfAnswer } from '../../http/half-answer.ts';
import { ledAway } from '../../http/login-page.ts';
import { type Advertisement, AdvertisementReader } from './advertisement.ts';
import { command, demandPackets, headers, packets, refsWanted, remedyOf, type SmartHttp, understood } from './exchange.ts';
import { canFetch, FetchReader, fetchRequest, offersFilter } from './fetch-request.ts';
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

const query = 'service=git-upload-pack';
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
    if (![301, 302, 303, 307, 308].includes(answer.status) || !location)
      return { base, advertisement: understood(base, () => demandPackets(client, base, answer, reader).advertisement()) };
    if (hops >= mostRedirects) throw new UserError(`${url.href} redirects endlessly: check it.`);
    at = followed(client, at, location);
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
  const { refs } = await command(
    client,
    { base, body: lsRefsRequest(advertisement, prefixes) },
    () => new RefReader(advertisement.objectFormat),
  );
  return refs;
}

/**
 * The text of a commit. Its tree and files are not received, even from a server that cannot leave them out: a pack begins with its commits,
 * so the connection is closed once the commit is there. Undefined if the protocol of the server does not allow that.
 * @throws UserError, HttpError
 */
export async function fetchCommit(client: SmartHttp, { base, advertisement }: Remote, sha: string): Promise<Buffer | undefined> {
  if (!canFetch(advertisement)) return undefined;
  const fetched = async (withFilter: boolean) => {
    const found = new AbortController();
    let reader: FetchReader | undefined;
    const newReader = () => {
      reader = new FetchReader(sha, advertisement.version, () => found.abort());
      return reader;
    };
    const request = { base, body: fetchRequest(advertisement, sha, withFilter), signal: found.signal };
    await command(client, request, newReader).catch((error: unknown) => {
      if (!reader?.commit) throw error;
    });
    return reader?.commit;
  };
  if (!offersFilter(advertisement)) return fetched(false);
  return fetched(true).catch((error: unknown) => {
    // Some servers offer filters and fail at them.
    if (!(error instanceof HalfAnswer)) throw error;
    return fetched(false);
  });
}

/** Follows a redirect only on the same host; any other means that the URL is wrong, or that the server wants a login. */
function followed(client: SmartHttp, from: URL, location: string): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  if (to && mayGo(to, client.home) && to.href.endsWith(`/info/refs?${query}`)) return to;
  const remedy = `configure the current address of the repository, or ${remedyOf(client)}`;
  const shown = to ? to.origin + to.pathname : plainLine(location, 200);
  throw new UserError(`${ledAway(from.origin + from.pathname, shown, refsWanted(client.home), remedy)}.`);
}
