import { App, SocketModeReceiver } from '@slack/bolt';
import { direct } from '../http/http-client.ts';
import { type ConnectionHealth, connectionHealth, survivingOddPayloads } from './connection.ts';
import { type InboundDeps, whole } from './inbound/answer.ts';
import { listen } from './inbound/listeners.ts';
import { startApp } from './start.ts';
import { callTimeout, type SlackOptions, slackLogger, slackWeb, withoutPages } from './web.ts';

export interface SlackAppOptions extends InboundDeps, Omit<SlackOptions, 'token'> {
  /** Bot token (xoxb-…) and app-level token (xapp-…). */
  readonly tokens: { readonly bot: string; readonly app: string };
  /** Milliseconds within which Slack must accept the connection; 60 s by default. */
  readonly startTimeout?: number;
}

export interface SlackApp {
  /** @throws UserError if a token is refused, Error if Slack does not respond */
  start(): Promise<void>;
  /** Closes the connection and waits a moment for answers in progress. */
  stop(): Promise<void>;
  health(): ConnectionHealth;
}

/** Milliseconds that closing the connection, and finishing answers in progress, may each take on shutdown. */
const patience = 3000;

/** Listens to Slack over Socket Mode. */
export function slackApp(options: SlackAppOptions): SlackApp {
  const { app, receiver } = boltApp(options);
  const web = slackWeb({ ...options, token: options.tokens.bot });
  const received = listen(app, web, options);
  const health = connectionHealth(receiver.client, options.log);
  survivingOddPayloads(receiver.client, options.log);
  return {
    start: () => startApp(app, receiver, options.startTimeout ?? 60_000),
    async stop() {
      await within(patience, receiver.client.disconnect());
      await within(patience, received.idle());
    },
    health,
  };
}

/** Uses two separate sets of client options, because the receiver writes its own retries into the one it is given. */
function boltApp({ tokens, apiUrl, log, web = direct }: SlackAppOptions): { app: App; receiver: SocketModeReceiver } {
  const logger = slackLogger(log);
  const how = { ...(apiUrl !== undefined && { slackApiUrl: apiUrl }), fetch: withoutPages(web.fetch), timeout: callTimeout };
  const receiver = new SocketModeReceiver({
    appToken: tokens.app,
    ...(web.proxied && { dispatcher: web.proxied }),
    logger,
    // How late a pong may be, and also the pause before reconnecting when Slack renews a connection: messages in that pause get lost.
    clientPingTimeout: 3000,
    installerOptions: { clientOptions: { ...how, retryConfig: { retries: 1000, factor: 1.3, maxTimeout: 30_000 } } },
  });
  const app = new App({
    token: tokens.bot,
    receiver,
    logger,
    convoStore: false,
    extendedErrorHandler: true,
    deferInitialization: true,
    clientOptions: { ...how, retryConfig: { retries: 3, factor: 2, maxTimeout: 10_000 } },
  });
  const onError: Parameters<App['error']>[0] = async ({ error, body }) =>
    log.error(`slack: handling ${String(body.type)} failed: ${whole(error)}`);
  app.error(onError);
  return { app, receiver };
}

async function within(milliseconds: number, work: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  await Promise.race([work, promise]).finally(() => clearTimeout(timer));
}
