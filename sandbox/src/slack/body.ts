import type { IncomingMessage } from 'node:http';
import { isObject } from './check.ts';

const mostBytes = 64 * 1024 * 1024;

/** Reads a request's body whole; throws an Error beyond 64 MiB. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    size += part.length;
    if (size > mostBytes) throw new Error(`The body of ${request.url} is larger than ${mostBytes} bytes.`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

// In a form these arguments are JSON; every other one stays the string that it is.
const jsonFields = new Set(['blocks', 'attachments', 'metadata', 'view', 'files', 'unfurls', 'prefs']);

function formValue(name: string, value: string): unknown {
  if (!jsonFields.has(name) || !/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

const fromForm = (form: Iterable<[string, string]>): { [name: string]: unknown } =>
  Object.fromEntries([...form].map(([name, value]) => [name, formValue(name, value)]));

/** The arguments of a Web API call: its query, and a body that is a form or JSON. Throws a SyntaxError for broken JSON. */
export function callArguments(url: URL, contentType: string, body: Buffer): { [name: string]: unknown } {
  const query = fromForm(url.searchParams);
  if (body.length === 0) return query;
  if (!contentType.includes('json')) return { ...query, ...fromForm(new URLSearchParams(body.toString())) };
  const parsed: unknown = JSON.parse(body.toString());
  return isObject(parsed) ? { ...query, ...parsed } : query;
}

/** The first file part of a multipart body, or the whole body where it is none. */
export async function uploadedBytes(contentType: string, body: Buffer): Promise<Buffer> {
  if (!contentType.startsWith('multipart/form-data')) return body;
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData();
  for (const part of form.values()) if (typeof part !== 'string') return Buffer.from(await part.arrayBuffer());
  return Buffer.alloc(0);
}
