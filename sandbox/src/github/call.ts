import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { Refusal } from './errors.ts';
import type { HostedRepository, State } from './state.ts';

/** One request, taken apart. */
export interface Call {
  readonly state: State;
  readonly request: IncomingMessage;
  /** What stood at the named places of the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** How the client said this server's address. */
  readonly origin: string;
  /** Undefined for an upload, which is read as it comes. */
  readonly body?: Buffer;
  /** Ends the connection in the middle of the body that the call reads. */
  readonly cutAfterBytes?: number;
  /** What an asset is called, given its usual name. */
  assetName?(name: string): string;
}

/** A call about one repository. */
export interface RepositoryCall extends Call {
  readonly repository: HostedRepository;
}

export interface Answer {
  readonly status: number;
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly content?: string | Readable;
}

const mostBytes = 16 * 1024 * 1024;

export const ok = (json: unknown): Answer => ({ status: 200, json });
export const created = (json: unknown): Answer => ({ status: 201, json });
export const nothing: Answer = { status: 204 };

/** A body that is read as a whole. */
export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > mostBytes) throw new Refusal(413, 'Payload Too Large');
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** The fields of a JSON body. */
export async function fieldsOf({ body }: Call): Promise<Readonly<Record<string, unknown>>> {
  if (!body || body.length === 0) return {};
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    throw new Refusal(400, 'Problems parsing JSON');
  }
  throw new Refusal(400, 'Body should be a JSON object');
}

/** A text among fields; an empty one counts as none. */
export function textIn(fields: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = fields[name];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string')
    throw new Refusal(422, `Invalid request.\n\nFor 'properties/${name}', ${JSON.stringify(value)} is not a string.`);
  return value;
}

export function flagIn(fields: Readonly<Record<string, unknown>>, name: string): boolean | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'boolean')
    throw new Refusal(422, `Invalid request.\n\nFor 'properties/${name}', ${JSON.stringify(value)} is not a boolean.`);
  return value;
}

/** The page of a list that the query asks for, with the Link header of GitHub's lists. */
export function pageOf<T>({ query, request, origin }: Call, all: readonly T[]): { items: readonly T[]; headers: Record<string, string> } {
  const size = Math.min(100, Math.max(1, Number(query.get('per_page') ?? 30) || 30));
  const page = Math.max(1, Number(query.get('page') ?? 1) || 1);
  const last = Math.max(1, Math.ceil(all.length / size));
  const at = (number: number): string => {
    const url = new URL(request.url ?? '/', origin);
    url.searchParams.set('page', String(number));
    return url.href;
  };
  const links = [
    ...(page > 1 ? [`<${at(page - 1)}>; rel="prev"`, `<${at(1)}>; rel="first"`] : []),
    ...(page < last ? [`<${at(page + 1)}>; rel="next"`, `<${at(last)}>; rel="last"`] : []),
  ];
  return { items: all.slice((page - 1) * size, page * size), headers: links.length > 0 ? { Link: links.join(', ') } : {} };
}
