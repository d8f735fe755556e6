import { HalfAnswer } from './half-answer.ts';
import { HttpError, httpError } from './http-error.ts';

/** Limit for any response that a library reads as a whole. */
const mostBytes = 32 * 1024 ** 2;

/** A fetch whose responses fail when they exceed the limit, because the libraries that use it read them as a whole. */
export function boundedFetch(fetch: typeof globalThis.fetch, most = mostBytes): typeof globalThis.fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    if (!response.body) return response;
    const host = URL.canParse(response.url) ? new URL(response.url).host : 'the server';
    const { status, statusText, headers } = response;
    const read = described(pieces(response.body, most, host), host, init?.signal);
    const bounded = new Response(ReadableStream.from(read), { status, statusText, headers });
    // A library derives the next page of a list from it.
    return Object.defineProperty(bounded, 'url', { value: response.url });
  };
}

/** The chunks of a body. @throws HttpError if it exceeds the limit */
export async function* pieces<T extends Uint8Array>(body: AsyncIterable<T>, most: number, host: string): AsyncGenerator<T> {
  let bytes = 0;
  for await (const piece of body) {
    bytes += piece.length;
    if (bytes > most) throw new HttpError(`${host} answers with more than ${most} bytes`, { retry: false });
    yield piece;
  }
}

/** undici only says "terminated" about a body that breaks off; after an abort, the reason of the signal must be kept. */
async function* described<T>(body: AsyncIterable<T>, host: string, signal: AbortSignal | null | undefined): AsyncGenerator<T> {
  try {
    yield* body;
  } catch (error) {
    if (signal?.aborted) throw error;
    throw isCoding(error)
      ? new HalfAnswer(host, 'a request', 'its compressed body is damaged or was cut off', error)
      : httpError(host, error);
  }
}

/** zlib's errors, which say nothing about a server. */
export function isCoding(error: unknown): boolean {
  for (let one = error; one instanceof Error; one = one.cause) if ('code' in one && /^Z_/.test(String(one.code))) return true;
  return false;
}
