import { setTimeout as pause } from 'node:timers/promises';
import { HttpError } from '../http/http-error.ts';
import { GithubError, hasNoAnswer } from './github-error.ts';

const tries = 3;

/** Whether a failed request may have been carried out: its answer was an error of the server, was cut off, or never came. */
export function isLost(error: unknown): boolean {
  return ((error instanceof GithubError || error instanceof HttpError) && error.retry) || hasNoAnswer(error);
}

function isLimit(error: unknown): boolean {
  const { status } = error as { readonly status?: unknown };
  return status === 403 || status === 429;
}

/**
 * Sends a write, whose answer may be lost: then it is sent again only if it has not happened.
 * @param done what the write has led to; undefined if it has not happened
 * @param pauseMs the pause before the second attempt
 */
export async function writeOnce<T>(write: () => Promise<T>, done: () => Promise<T | undefined>, pauseMs: number): Promise<T> {
  let lost: unknown;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await write();
    } catch (error) {
      // A limit says that this attempt was not carried out, but not whether the one before it was.
      if (!isLost(error)) throw lost !== undefined && isLimit(error) ? lost : error;
      lost = error;
      const there = await done().catch(() => {
        throw error;
      });
      if (there !== undefined) return there;
      if (attempt === tries) throw error;
      await pause(pauseMs * attempt ** 2);
    }
  }
}
