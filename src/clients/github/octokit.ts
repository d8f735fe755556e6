import { retry } from '@octokit/plugin-retry';
import { throttling } from '@octokit/plugin-throttling';
import { Octokit } from '@octokit/rest';
import type { Log } from '../log.ts';

export interface OctokitOptions {
  readonly token: string;
  /** Of GitHub Enterprise: `https://github.example.com/api/v3`. */
  readonly baseUrl?: string;
  readonly log: Log;
  /** Of one attempt; 10 s where not given. */
  readonly timeoutMs?: number;
  /** The pause before the second attempt; the third comes after four times as long. 1 s where not given. */
  readonly retryMs?: number;
}

/** How long a limit may last for the request to wait for it here; what lasts longer is the caller's to try again. */
const shortWaitSeconds = 30;

/** Octokit that waits for GitHub's limits, tries again after errors of the server and the network, and ends every attempt in time. */
export function octokitFor(options: OctokitOptions): Octokit {
  const { token, baseUrl, log, timeoutMs = 10_000, retryMs = 1_000 } = options;
  const Paced = Octokit.plugin(retry, throttling);
  const waits = (kind: string) => (seconds: number, request: { method?: string; url?: string }, _: unknown, retries: number) => {
    log.warn(`GitHub's ${kind} is reached by ${request.method} ${request.url}; free again in ${seconds} s`);
    return retries === 0 && seconds <= shortWaitSeconds;
  };
  return new Paced({
    auth: token,
    userAgent: 'coxswain',
    ...(baseUrl && { baseUrl: baseUrl.replace(/\/+$/, '') }),
    log: { debug: () => undefined, info: () => undefined, warn: (text) => log.warn(text), error: () => undefined },
    retry: { retryAfterBaseValue: retryMs, retries: 2 },
    throttle: { onRateLimit: waits('rate limit'), onSecondaryRateLimit: waits('secondary rate limit') },
    // Octokit itself waits without end.
    request: { fetch: (url: string, init: RequestInit) => fetch(url, { ...init, signal: within(timeoutMs, init.signal) }) },
  });
}

function within(timeoutMs: number, signal: AbortSignal | null | undefined): AbortSignal {
  const timeout = AbortSignal.timeout(timeoutMs);
  return signal ? AbortSignal.any([timeout, signal]) : timeout;
}
