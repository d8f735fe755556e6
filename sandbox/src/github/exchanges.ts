import { channel } from 'node:diagnostics_channel';
import type { IncomingHttpHeaders } from 'node:http';

/** A request of the API as it came; the path is that below `/api/v3`, with its query. */
export interface GithubRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Not of an upload, which is read as it comes. */
  readonly body?: Buffer;
}

/** What the stand-in itself answers; not what a test has ordered. */
export interface GithubAnswer {
  readonly status: number;
  readonly contentType: string | undefined;
  /** Undefined: no JSON. */
  readonly json: unknown;
}

/** A request, or, with `answer`, what it got. Tests that subscribe compare both with GitHub's description. */
export interface GithubExchange {
  readonly request: GithubRequest;
  readonly answer?: GithubAnswer;
}

const exchanges = channel('coxswain:sandbox:github');

export function tellOf(exchange: () => GithubExchange): void {
  if (exchanges.hasSubscribers) exchanges.publish(exchange());
}
