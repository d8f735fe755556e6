import { setTimeout as sleep } from 'node:timers/promises';
import { mayGo } from '../../core/git/credential.ts';
import { hostLimits, waitIn } from '../http/host-limits.ts';
import { HttpError } from '../http/http-error.ts';
import { ledAway } from '../http/login-page.ts';

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** Requests that only read or may be repeated, although their method is POST. */
const repeatablePosts = /\/(generate-notes|access_tokens)$/;

/** After a 5xx, a lost response or half an answer, a write may have been carried out: its caller checks that before sending it again. */
export function isRepeatable({ method, url }: { readonly method: string; readonly url: string }): boolean {
  return method === 'GET' || method === 'HEAD' || repeatablePosts.test(url);
}

const mostRedirects = 3;
/** The longest wait that a request waits here; repeating it after a longer one is up to the caller. */
export const shortWaitMs = 30_000;

/** Follows redirects, as those of a renamed repository, but never to another host: `fetch` itself would take its answer for GitHub's. */
export function sameOrigin(ask: Fetch): Fetch {
  return async (url, init) => {
    let at = url;
    for (let left = mostRedirects; ; left--) {
      const answer = await ask(at, { ...init, redirect: 'manual' });
      const to = redirectOf(answer, at);
      // What is read only once cannot be sent again.
      if (!to || left === 0 || init.body instanceof ReadableStream) return answer;
      const { host } = new URL(url);
      if (!mayGo(to, new URL(url)))
        throw new HttpError(ledAway(host, to.host, 'an answer of GitHub', 'check GITHUB_API_URL'), { retry: true });
      await answer.body?.cancel();
      at = to.href;
    }
  };
}

/** The methods are kept: https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects */
function redirectOf({ status, headers }: Response, at: string): URL | undefined {
  const to = headers.get('location') ?? '';
  return [301, 302, 307, 308].includes(status) && URL.canParse(to, at) ? new URL(to, at) : undefined;
}

/**
 * While GitHub has asked to wait, no request is sent: each waits, or is answered here with the 429 that GitHub would send.
 * @param api GitHub's limits are those of a token, so one wait applies to its API and its uploads, which are another host
 */
export function limited(ask: Fetch, api = 'https://api.github.com'): Fetch {
  const { host } = new URL(api);
  return async (url, init) => {
    for (let left = hostLimits.left(host); left > 0 && left <= shortWaitMs; left = hostLimits.left(host)) await sleep(left);
    const left = hostLimits.left(host);
    if (left > 0) return withWait(Response.json({ message: `${host} has asked to wait` }, { status: 429 }), left);
    const answer = await ask(url, init);
    const wait = askedIn(answer);
    if (wait) hostLimits.hold(host, wait);
    // Reading may be allowed while writing is not.
    const kind = (init.method ?? 'GET') === 'GET' ? 'read' : 'write';
    if (answer.ok) hostLimits.accepted(host, kind);
    return wait || ![403, 429].includes(answer.status) ? answer : await secondary(answer, () => hostLimits.refused(host, kind));
  };
}

/** GitHub's secondary limits need not say how long they last: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit */
async function secondary(answer: Response, refused: () => number): Promise<Response> {
  const { status, statusText, headers, url } = answer;
  const body = await answer.text().catch(() => '');
  const same = Object.defineProperty(new Response(body, { status, statusText, headers }), 'url', { value: url });
  return status === 429 || /rate limit|abuse detection/i.test(body) ? withWait(same, refused()) : same;
}

function withWait(answer: Response, ms: number): Response {
  answer.headers.set('retry-after', String(Math.ceil(ms / 1_000)));
  return answer;
}

/** Milliseconds, 0 if nothing is said; a success may say that it was the last one for now. */
function askedIn({ status, headers }: Response): number {
  const header = (name: string) => headers.get(name) ?? undefined;
  const isRefusal = [403, 429, 503].includes(status);
  const reset = header('x-ratelimit-remaining') === '0' ? header('x-ratelimit-reset') : undefined;
  return waitIn({ retryAfter: isRefusal ? header('retry-after') : undefined, reset, date: header('date') }) ?? 0;
}
