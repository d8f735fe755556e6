import { type Logger, LogLevel, webApi } from '@slack/bolt';
import { direct, type Web } from '../http.ts';
import type { Log } from '../log.ts';

/** `fetch`: how addresses are asked that Slack gives. */
export type WebClient = webApi.WebClient & Pick<Web, 'fetch'>;

/** How the parts of coxswain that talk to Slack are built. `apiUrl`: another address than Slack's own. */
export interface SlackOptions {
  readonly token: string;
  readonly apiUrl?: string;
  readonly log: Log;
  /** The connections to Slack; direct ones where not given. */
  readonly web?: Web;
}

/** Milliseconds after which a call counts as unanswered. */
export const callTimeout = 10_000;

/**
 * A client that sends every call once. The library would repeat a post whose answer got lost, and then there are two;
 * who calls decides about trying again.
 */
export function slackWeb({ token, apiUrl, log, web = direct }: SlackOptions): WebClient {
  const client = new webApi.WebClient(token, {
    ...(apiUrl !== undefined && { slackApiUrl: apiUrl }),
    fetch: web.fetch,
    timeout: callTimeout,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: slackLogger(log),
  });
  return Object.assign(client, { fetch: web.fetch });
}

/** Slack's libraries log through ours; what they say below a warning is not worth a line. */
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
