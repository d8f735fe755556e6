/** A request's body: JSON, or YAML where the content type says so. */
import type { IncomingMessage } from 'node:http';
import { parse } from 'yaml';
import { badRequest, StatusError, unsupportedMediaType } from '../model/errors.ts';

const limit = 3 * 1024 * 1024;

/** The body as a value; undefined where there is none. 413 beyond 3 MiB, as the API server has it. */
export async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > limit) throw new StatusError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${limit}`);
    chunks.push(chunk as Buffer);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  if (text.trim() === '') return undefined;
  const type = request.headers['content-type'] ?? '';
  if (type && !/json|yaml|text\/plain/.test(type)) throw unsupportedMediaType(type);
  try {
    return type.includes('yaml') ? parse(text) : JSON.parse(text);
  } catch (error) {
    throw badRequest(`the object provided is unrecognized: couldn't get version/kind; parse error: ${(error as Error).message}`);
  }
}
