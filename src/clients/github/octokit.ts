import { createAppAuth } from '@octokit/auth-app';
import { retry } from '@octokit/plugin-retry';
import { throttling } from '@octokit/plugin-throttling';
import { Octokit } from '@octokit/rest';
import { trimEndSigns } from '../../core/text/trim.ts';
import { machineTime, monotonic } from '../../core/time/clock.ts';
import { hostLimits, waitIn } from '../http/host-limits.ts';
import { direct, type Web } from '../http/http-client.ts';
import { isPage, pageInstead } from '../http/login-page.ts';
import type { Log } from '../log/log.ts';
import { GithubError } from './github-error.ts';

/** A GitHub App and its installation for the repositories. */
export interface GithubApp {
  readonly appId: string;
  /** PEM, as downloaded from GitHub. */
  readonly privateKey: string;
  readonly installationId: string;
}

interface Basics {
  /** API URL of GitHub Enterprise: `https://github.example.com/api/v3`. */
  readonly baseUrl?: string;
  readonly log: Log;
  /** The connections to GitHub; direct by default. */
  readonly web?: Web;
  /** Timeout of one attempt; 10 s by default. */
  readonly timeoutMs?: number;
  /** The pause before the second attempt; the third follows after four times as long. 1 s by default. */
  readonly retryMs?: number;
  /** False for a GitHub without rate limits, as Enterprise often is; otherwise writes are 1 s apart, and new releases 3 s. */
  readonly paced?: boolean;
}

export type OctokitOptions = Basics & ({ readonly token: string } | { readonly app: GithubApp });

/** The longest rate limit that a request waits out here; retrying after a longer one is up to the caller. */
const shortWaitSeconds = 30;

interface Limited {
  readonly method?: string;
  readonly url?: string;
  /** The content of an upload. */
  readonly data?: unknown;
}

/** Octokit that respects GitHub's rate limits, retries reads after server and network errors, and has a timeout for every attempt. */
export function octokitFor(options: OctokitOptions): Octokit {
  const { baseUrl, log, web = direct, timeoutMs = 10_000, retryMs = 1_000, paced = true } = options;
  const Paced = Octokit.plugin(retry, throttling);
  const waits = (kind: string) => (seconds: number, limited: Limited, _: unknown, retries: number) => {
    log.warn(`GitHub's ${kind} was reached by ${limited.method} ${limited.url}; available again in ${seconds} s`);
    // What was refused by a limit has not happened, but a stream can be read only once.
    return retries === 0 && seconds <= shortWaitSeconds && !(limited.data instanceof ReadableStream);
  };
  const octokit = new Paced({
    ...('app' in options
      ? { authStrategy: createAppAuth, auth: { ...signingAs(options.app), cache: tokenCache() } }
      : { auth: options.token }),
    userAgent: 'coxswain',
    ...(baseUrl && { baseUrl: trimEndSigns(baseUrl, '/') }),
    log: { debug: () => undefined, info: () => undefined, warn: (text) => log.warn(text), error: () => undefined },
    retry: { retryAfterBaseValue: retryMs, retries: 2 },
    throttle: { enabled: paced, onRateLimit: waits('rate limit'), onSecondaryRateLimit: waits('secondary rate limit') },
    // Octokit itself has no timeout.
    request: {
      fetch: waiting(async (url, init) => withoutPages(await web.fetch(url, { ...init, signal: within(timeoutMs, init.signal) }))),
    },
  });
  octokit.hook.before('request', repeatReadsOnly);
  octokit.hook.after('request', demandData);
  return octokit;
}

/** Requests that only read or may be repeated, although their method is POST. */
const repeatable = /\/(generate-notes|access_tokens)$/;

/** After a 5xx or a lost response, a write may have been carried out: its caller checks that before sending it again. */
function repeatReadsOnly({ method, url, request }: { readonly method: string; readonly url: string; readonly request: object }): void {
  if (method !== 'GET' && method !== 'HEAD' && !repeatable.test(url)) Object.assign(request, { retries: 0 });
}

interface Answered {
  readonly status: number;
  readonly url: string;
  readonly data: unknown;
}

/**
 * Octokit passes on an empty or truncated response as text: read as data, it would mean that nothing exists. 202 announces a later one.
 * @throws GithubError
 */
function demandData({ status, url, data }: Answered): void {
  if (status === 204 || status === 205) return;
  if (status !== 202 && typeof data === 'object' && data !== null && !(data instanceof ArrayBuffer)) return;
  const { host, pathname } = URL.canParse(url) ? new URL(url) : { host: 'GitHub', pathname: url };
  throw new GithubError(`${host} answers ${status} for ${pathname} without data`);
}

/** Turns an HTML page in place of a response into a 401, which it amounts to: Octokit would pass it on as text. */
export function withoutPages(answer: Response): Response {
  const { status } = answer;
  if (!isPage({ status, header: (name) => answer.headers.get(name) })) return answer;
  const host = URL.canParse(answer.url) ? new URL(answer.url).host : 'GitHub';
  const message = `${pageInstead(host, 'an answer of GitHub', 'check GITHUB_API_URL')}.`;
  return Response.json({ message }, { status: 401, headers: { 'content-type': 'application/json; charset=utf-8' } });
}

type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** While GitHub has asked to wait, no request is sent: each is answered here with the 429 that GitHub would send. */
function waiting(ask: Fetch): Fetch {
  return async (url, init) => {
    const { host } = new URL(url);
    const left = hostLimits.left(host);
    if (left > 0) {
      const headers = { 'content-type': 'application/json', 'retry-after': String(Math.ceil(left / 1_000)) };
      return new Response(JSON.stringify({ message: `${host} has asked to wait` }), { status: 429, headers });
    }
    const answer = await ask(url, init);
    const wait = [403, 429, 503].includes(answer.status) ? askedIn(answer.headers) : undefined;
    if (wait) hostLimits.hold(host, wait);
    return answer;
  };
}

function askedIn(headers: Headers): number | undefined {
  const header = (name: string) => headers.get(name) ?? undefined;
  const reset = headers.get('x-ratelimit-remaining') === '0' ? header('x-ratelimit-reset') : undefined;
  return waitIn({ retryAfter: header('retry-after'), reset, date: header('date') });
}

/** Well before a token expires after one hour. */
const renewMs = 50 * 60_000;

/** Caches App tokens until renewal. The library's cache uses only wall-clock time, so it would use expired tokens if that is set back. */
function tokenCache() {
  const kept = new Map<string, { readonly value: string; readonly until: number; readonly untilTime: number }>();
  return {
    get(key: string): string {
      const found = kept.get(key);
      // While a machine is suspended, one clock stops and the other does not.
      return found && monotonic() < found.until && machineTime().getTime() < found.untilTime ? found.value : '';
    },
    set: (key: string, value: string) =>
      kept.set(key, { value, until: monotonic() + renewMs, untilTime: machineTime().getTime() + renewMs }),
  };
}

/** An environment variable often contains the line breaks of a key as the two characters `\n`. */
function signingAs({ privateKey, ...app }: GithubApp): GithubApp {
  return { ...app, privateKey: privateKey.replaceAll('\\n', '\n') };
}

function within(timeoutMs: number, signal: AbortSignal | null | undefined): AbortSignal {
  const timeout = AbortSignal.timeout(timeoutMs);
  return signal ? AbortSignal.any([timeout, signal]) : timeout;
}
