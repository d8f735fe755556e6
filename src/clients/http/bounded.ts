import { HttpError } from './http-error.ts';

/** Limit for any response that a library reads as a whole. */
const mostBytes = 32 * 1024 ** 2;

/** A fetch whose responses fail when they exceed the limit, because the libraries that use it read them as a whole. */
export function boundedFetch(fetch: typeof globalThis.fetch, most = mostBytes): typeof globalThis.fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    if (!response.body) return response;
    const host = URL.canParse(response.url) ? new URL(response.url).host : 'the server';
    const { status, statusText, headers } = response;
    const bounded = new Response(ReadableStream.from(pieces(response.body, most, host)), { status, statusText, headers });
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
