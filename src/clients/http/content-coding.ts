import { pipeline, Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import { isCoding } from './bounded.ts';
import { HalfAnswer } from './half-answer.ts';
import { HttpError } from './http-error.ts';

/** Decoders by name of the coding (RFC 9110, section 8.4.1). */
const decoders: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
};

/**
 * The body without its content codings. Nothing here asks for one, but some servers and proxies compress all the same.
 * @param encoding the Content-Encoding header: the codings in the order in which they were applied
 * @throws HttpError for an unknown coding, HalfAnswer if the body is damaged or was cut off
 */
export async function* decodedBody(body: AsyncIterable<Buffer>, encoding: string, host: string): AsyncGenerator<Buffer> {
  const named = encoding.split(',').map((coding) => coding.trim().toLowerCase());
  const codings = named.filter((coding) => coding !== '' && coding !== 'identity');
  if (codings.length === 0) return yield* body;
  const pieces = body[Symbol.asyncIterator]();
  const first = await pieces.next();
  // A response without a body may name a coding, too.
  if (first.done) return;
  const steps = codings.toReversed().map((coding) => decoder(coding, host));
  // Errors reach the reader of the last stream; the callback only keeps them from being uncaught.
  const through = (from: Readable, step: Transform): Readable => pipeline(from, step, () => undefined);
  try {
    yield* steps.reduce(through, Readable.from(following(first.value, pieces)));
  } catch (error) {
    throw isCoding(error) ? new HalfAnswer(host, 'a request', 'its compressed body is damaged or was cut off', error) : error;
  }
}

function decoder(coding: string, host: string): Transform {
  const known = Object.hasOwn(decoders, coding) ? decoders[coding] : undefined;
  if (known) return known();
  const remedy = 'coxswain has not asked for it: turn it off on the server, or on the proxy in front of it';
  throw new HttpError(`${host} answers in the content coding ${JSON.stringify(coding.slice(0, 40))}; ${remedy}`, { retry: false });
}

async function* following(first: Buffer, others: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  for (let next = await others.next(); !next.done; next = await others.next()) yield next.value;
}
