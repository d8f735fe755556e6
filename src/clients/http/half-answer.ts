import type { z } from 'zod';
import { inQuotes } from '../../core/text/quoted.ts';
import { HttpError } from './http-error.ts';

/** A response that was cut off, is empty, or has another shape than its API describes: it is no data, and the same request may succeed later. */
export class HalfAnswer extends HttpError {
  /** @param about the requested object, in words */
  constructor(host: string, about: string, problem: string, cause?: unknown) {
    super(`${host} sent half an answer about ${about}: ${problem}`, { retry: true, cause });
  }
}

/**
 * The data of a response, which only counts once all fields that are read have been checked.
 * @throws HalfAnswer
 */
export function wholeAnswer<T>(schema: z.ZodType<T>, data: unknown, { host, about }: { readonly host: string; readonly about: string }): T {
  const checked = schema.safeParse(data);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  const place = issue?.path.map(String).join('.') ?? '';
  throw new HalfAnswer(host, about, place === '' ? `it is ${kindOf(data)}` : `${inQuotes(place, 100)} is not as its API describes`);
}

/** The value of JSON text. @throws HalfAnswer if it is not JSON */
export function jsonAnswer(text: string, { host, about }: { readonly host: string; readonly about: string }): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new HalfAnswer(host, about, text.trim() === '' ? 'it is empty' : 'it is not JSON, or was cut off', error);
  }
}

function kindOf(data: unknown): string {
  if (data === undefined || data === '') return 'empty';
  if (data === null) return 'null';
  if (typeof data === 'string') return 'text instead of JSON';
  return Array.isArray(data) ? 'a list of another shape' : 'of another shape';
}
