import { createAppAuth } from '@octokit/auth-app';
import { retry } from '@octokit/plugin-retry';
import { throttling } from '@octokit/plugin-throttling';
import { Octokit } from '@octokit/rest';
import { trimEndSigns } from '../../core/text/trim.ts';
import { machineTime, monotonic } from '../../core/time/clock.ts';
import { direct, type Web } from '../http/http-client.ts';
import type { Log } from '../log/log.ts';
import { checkedApi, type GithubApi } from './api.ts';
import { isRepeatable, limited, sameOrigin, shortWaitMs } from './requests.ts';

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

/** The defaults of the plugin, and 429: after that, GitHub says how long to wait. */
const doNotRetry = [400, 401, 403, 404, 410, 422, 429, 451];

interface Limited {
  readonly method?: string;
  readonly url?: string;
  /** The content of an upload. */
  readonly data?: unknown;
}

/**
 * Octokit that respects GitHub's rate limits, retries reads after server and network errors, has a timeout for every attempt, and whose
 * answers are checked.
 */
export function octokitFor(options: OctokitOptions): GithubApi {
  const { baseUrl, log, web = direct, timeoutMs = 10_000, retryMs = 1_000, paced = true } = options;
  const Paced = Octokit.plugin(retry, throttling);
  const waits = (kind: string) => (seconds: number, limited: Limited, _: unknown, retries: number) => {
    log.warn(`GitHub's ${kind} was reached by ${limited.method} ${limited.url}; available again in ${seconds} s`);
    // What was refused by a limit has not happened, but a stream can be read only once.
    return retries === 0 && seconds * 1_000 <= shortWaitMs && !(limited.data instanceof ReadableStream);
  };
  const octokit = new Paced({
    ...('app' in options
      ? { authStrategy: createAppAuth, auth: { ...signingAs(options.app), cache: tokenCache() } }
      : { auth: options.token }),
    userAgent: 'coxswain',
    ...(baseUrl && { baseUrl: trimEndSigns(baseUrl, '/') }),
    log: { debug: () => undefined, info: () => undefined, warn: (text) => log.warn(text), error: () => undefined },
    retry: { retryAfterBaseValue: retryMs, retries: 2, doNotRetry },
    throttle: { enabled: paced, onRateLimit: waits('rate limit'), onSecondaryRateLimit: waits('secondary rate limit') },
    // Octokit itself has no timeout.
    request: {
      fetch: limited(
        sameOrigin((url, init) => web.fetch(url, { ...init, signal: within(timeoutMs, init.signal) })),
        baseUrl,
      ),
    },
  });
  octokit.hook.before('request', (options) => {
    // A copy: the object may be the one that all requests share.
    if (!isRepeatable(options)) options.request = Object.assign({}, options.request, { retries: 0 });
  });
  return checkedApi(octokit, retryMs);
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
