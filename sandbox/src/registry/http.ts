import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Store } from './store.ts';

/** One request to the registry, taken apart. */
export interface Call {
  readonly store: Store;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly method: string;
  readonly query: URLSearchParams;
  /** How the client said this server's address, for absolute Location headers (Makisu needs them absolute). */
  readonly origin: string;
}

export function answer(call: Call, status: number, headers: Record<string, string> = {}, body?: string | Uint8Array): void {
  const length = body === undefined ? 0 : Buffer.byteLength(body);
  call.response.writeHead(status, { 'Content-Length': String(length), ...headers });
  call.response.end(call.method === 'HEAD' ? undefined : body);
}

export const answerJson = (call: Call, status: number, value: unknown, headers: Record<string, string> = {}): void =>
  answer(call, status, { 'Content-Type': 'application/json', ...headers }, JSON.stringify(value));

/** The whole body; for manifests, which are small. Undefined where it is longer than `limit` bytes. */
export async function bodyOf(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= limit) chunks.push(chunk);
  }
  return length > limit ? undefined : Buffer.concat(chunks);
}
