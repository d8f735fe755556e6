import { UserError } from '../errors.ts';
import { longestLine, plainLine } from '../text/plain-line.ts';
import { lastWords } from './tokenize.ts';

/** The reason given by the last words of the typed text, as one line with its formatting. @throws UserError if it is too long to show */
export function reasonOf(typed: string, words: number): string {
  const reason = lastWords(typed, words).trim();
  if (reason.length > longestLine)
    throw new UserError(
      `A reason can have at most ${longestLine} characters; this one had ${reason.length}. Nothing was done; please shorten it.`,
    );
  return plainLine(reason);
}
