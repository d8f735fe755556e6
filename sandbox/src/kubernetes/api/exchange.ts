import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Cluster } from '../cluster.ts';
import type { LogSource } from '../node/log-source.ts';
import type { ResourcePath } from './request.ts';

/** One request to a resource, with what its answer is made from. */
export interface Exchange {
  cluster: Cluster;
  logs: LogSource;
  path: ResourcePath;
  query: URLSearchParams;
  request: IncomingMessage;
  response: ServerResponse;
  /** Takes what ends a stream of this exchange, for when the server breaks its watches. */
  streams(close: () => void): void;
}

export type Answer = { code: number; body: object } | 'streamed';
