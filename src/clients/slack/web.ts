import { type Logger, LogLevel, webApi } from '@slack/bolt';
import { direct, type Web } from '../http/http-client.ts';
import { isPage, ledAway, pageInstead } from '../http/login-page.ts';
import type { Log } from '../log/log.ts';

/** `fetch`: requests URLs that Slack returns. */
export type WebClient = webApi.WebClient & Pick<Web, 'fetch'>;

/** Options of the parts of coxswain that talk to Slack. `apiUrl`: overrides Slack's own URL. */
export interface SlackOptions {
  readonly token: string;
  readonly apiUrl?: string;
  readonly log: Log;
  /** The connections to Slack; direct by default. */
  readonly web?: Web;
}

/** Milliseconds after which a call times out. */
export const callTimeout = 10_000;

/**
 * A client that sends every call once. The library would repeat a post whose response got lost, and so post it twice;
 * the caller decides whether to retry.
 */
export function slackWeb({ token, apiUrl, log, web = direct }: SlackOptions): WebClient {
  const fetch = withoutPages(web.fetch);
  const client = new webApi.WebClient(token, {
    ...(apiUrl !== undefined && { slackApiUrl: apiUrl }),
    fetch,
    timeout: callTimeout,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: slackLogger(log),
  });
  return Object.assign(client, { fetch });
}

/** Reports an HTML page or a redirect in place of a response as such; the library would see invalid JSON. */
export function withoutPages(ask: Web['fetch']): Web['fetch'] {
  return async (input, init) => {
    const answer = await ask(input, init && { ...init, redirect: 'manual' });
    const { host } = new URL(input instanceof Request ? input.url : input);
    const remedy = 'check SLACK_API_URL, and whether there is a proxy in between';
    const to = answer.headers.get('location');
    if (to && answer.status >= 300 && answer.status < 400)
      throw new Error(`${ledAway(host, to.slice(0, 200), 'an answer of Slack', remedy)}.`);
    const isAnswer = !isPage({ status: answer.status, header: (name) => answer.headers.get(name) });
    if (isAnswer) return answer;
    throw new Error(`${pageInstead(host, 'an answer of Slack', remedy)}.`);
  };
}

/** Lets Slack's libraries write to our log; anything below a warning is dropped. */
export function slackLogger(log: Log): Logger {
  const line = (parts: unknown[]) => `slack: ${parts.map((part) => (part instanceof Error ? part.message : String(part))).join(' ')}`;
  return {
    debug() {},
    info() {},
    warn: (...parts) => log.warn(line(parts)),
    error: (...parts) => log.error(line(parts)),
    setLevel() {},
    getLevel: () => LogLevel.WARN,
    setName() {},
  };
}
