import type { ServerResponse } from 'node:http';
import { pageState, type Sources } from './state.ts';
import type { PageEvent } from './types.ts';

const heartbeatMs = 15_000;
/** Snapshots of the cluster are sent at most this often. */
const clusterPauseMs = 150;
/** A browser that reads slower than this is cut off; it comes back and gets the whole state. */
const mostWaitingBytes = 8 * 1024 * 1024;

/** Server-Sent Events to every open page: the whole state first, then each change. */
export class Live {
  readonly #sources: Sources;
  readonly #pages = new Set<ServerResponse>();
  readonly #stops: (() => void)[];
  readonly #heartbeat: NodeJS.Timeout;
  #clusterTimer: NodeJS.Timeout | undefined;

  constructor(sources: Sources) {
    this.#sources = sources;
    this.#stops = [
      sources.slack.onChange((change) => this.#send({ kind: 'slack', change })),
      sources.commits.onChange(() => this.#send({ kind: 'commits', commits: sources.commits.list() })),
      sources.cluster.onChange(() => this.#clusterChanged()),
    ];
    this.#heartbeat = setInterval(() => this.#write(': still here\n\n'), heartbeatMs).unref();
  }

  join(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
    const first: PageEvent = { kind: 'state', state: pageState(this.#sources) };
    response.write(`retry: 1000\n\ndata: ${JSON.stringify(first)}\n\n`);
    this.#pages.add(response);
    response.on('close', () => this.#pages.delete(response));
  }

  close(): void {
    clearInterval(this.#heartbeat);
    clearTimeout(this.#clusterTimer);
    for (const stop of this.#stops) stop();
    for (const page of this.#pages) page.end();
  }

  #clusterChanged(): void {
    this.#clusterTimer ??= setTimeout(() => {
      this.#clusterTimer = undefined;
      this.#send({ kind: 'cluster', cluster: this.#sources.cluster.snapshot() });
    }, clusterPauseMs);
  }

  #send(event: PageEvent): void {
    if (this.#pages.size > 0) this.#write(`data: ${JSON.stringify(event)}\n\n`);
  }

  #write(text: string): void {
    for (const page of this.#pages) {
      if (page.writableLength > mostWaitingBytes) page.destroy();
      else page.write(text);
    }
  }
}
