import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, UserError } from '../../core/errors.ts';
import { Backoff } from '../../core/time/backoff.ts';
import type { Log } from '../log/log.ts';
import type { SlackApp } from './slack-client.ts';

/** Connects to Slack, retrying for as long as it takes. */
export class SlackConnection {
  readonly #newApp: () => SlackApp;
  readonly #log: Log;
  #app: SlackApp | undefined;
  #isStarted = false;

  /** @param newApp creates an app for each attempt: one that failed to start cannot be started again */
  constructor(newApp: () => SlackApp, log: Log) {
    this.#newApp = newApp;
    this.#log = log;
  }

  /** Why Slack currently cannot reach us, in words; undefined if it can. */
  get trouble(): string | undefined {
    if (!this.#app) return 'is not connected yet';
    const { connected, since } = this.#app.health();
    return connected ? undefined : `is not connected, since ${since}`;
  }

  /** Runs continue while Slack is unavailable. @throws UserError if Slack refuses a token, which aborts the start */
  async start(): Promise<void> {
    const backoff = new Backoff({ firstMs: 5_000, mostMs: 60_000 });
    while (!this.#isStarted) {
      this.#app = this.#newApp();
      try {
        await this.#app.start();
        this.#isStarted = true;
      } catch (error) {
        if (error instanceof UserError) throw error;
        const wait = backoff.failed(error);
        this.#log.warn(`${messageOf(error)}; retrying in ${Math.ceil(wait / 1000)} s, runs continue`);
        await sleep(wait);
      }
    }
  }

  async stop(): Promise<void> {
    if (this.#isStarted) await this.#app?.stop();
  }
}
