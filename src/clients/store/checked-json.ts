import { rename } from 'node:fs/promises';
import type { z } from 'zod';
import { UserError } from '../../core/errors.ts';
import { machineTime } from '../../core/time/clock.ts';
import { describeFileError, isPassing } from '../files/files-client.ts';
import { DurableJson } from './durable-json.ts';

/** A corrupt file under its new name; `reason`: what was wrong, and the consequences. */
export interface SetAside {
  readonly file: string;
  readonly reason: string;
}

/**
 * The content of a file if it matches the schema; `null` if there is no file, `broken` with the reason if it contains anything else
 * or is not a readable file.
 * @param migrate converts the content of the file to what the schema describes
 * @throws UserError if it cannot be read right now, or must not be: that says nothing about its content
 */
export async function readChecked<T>(
  path: string,
  schema: z.ZodType<unknown>,
  migrate: (json: unknown) => unknown = (json) => json,
): Promise<{ data: T | null } | { broken: string }> {
  try {
    const json = await new DurableJson<unknown>(path).read();
    if (json === null) return { data: null };
    const data = migrate(json);
    const { error } = schema.safeParse(data);
    return error ? { broken: mistakeOf(error) } : { data: data as T };
  } catch (error) {
    if (error instanceof UserError) throw error;
    if (isPassing(error))
      throw new UserError(`Cannot read ${path}: ${describeFileError(error)}. Start again once this is fixed.`, { cause: error });
    return { broken: error instanceof SyntaxError ? `it is not JSON: ${error.message}` : describeFileError(error) };
  }
}

function mistakeOf({ issues: [first] }: z.ZodError): string {
  const place = first?.path.join('.') || 'the file';
  return `${place} is invalid: ${first?.message.toLowerCase()}`.slice(0, 300);
}

/** Moves the file out of the way, so that the next write does not destroy what somebody may want to inspect. */
export async function putAside(path: string, reason: string, move = (to: string) => rename(path, to)): Promise<SetAside> {
  const file = `${path}.corrupt-${machineTime().toISOString().replace(/[:.-]/g, '')}`;
  try {
    await move(file);
    return { file, reason };
  } catch (error) {
    return { file: path, reason: `${reason}. It was left in place, because it cannot be moved: ${describeFileError(error)}` };
  }
}
