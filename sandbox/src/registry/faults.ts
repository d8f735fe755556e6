import type { ServerResponse } from 'node:http';

/** What a registry, or a proxy in front of it, answers instead. */
export interface RegistryAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The connection is cut after half of the body. */
  readonly half?: true;
}

/** Faults that a test orders. Each lasts until `clear`: what is held because of it is asked for again and again. */
export class RegistryFaults {
  #ordered: { readonly route: RegExp; readonly answer: RegistryAnswer | 'cut' }[] = [];

  /** @param route of a request as it came: `GET /v2/acme/app/manifests/1.0.0` */
  answer(route: RegExp, answer: RegistryAnswer): void {
    this.#ordered.push({ route, answer });
  }

  /** Cuts the connection, and does nothing. */
  cut(route: RegExp): void {
    this.#ordered.push({ route, answer: 'cut' });
  }

  clear(): void {
    this.#ordered = [];
  }

  /** Whether it answered a request with a fault. */
  take(request: string, response: ServerResponse): boolean {
    const found = this.#ordered.find(({ route }) => route.test(request))?.answer;
    if (found === undefined) return false;
    if (found === 'cut') response.destroy();
    else send(response, found);
    return true;
  }
}

function send(response: ServerResponse, { status, headers, body = '', half }: RegistryAnswer): void {
  // The rest of a body that was not read would be taken for the next request.
  const close = response.req.complete ? {} : { Connection: 'close' };
  response.writeHead(status, { ...close, ...(half && { 'Content-Length': body.length }), ...headers });
  if (!half) response.end(body);
  else response.write(body.slice(0, body.length / 2), () => response.destroy());
}
