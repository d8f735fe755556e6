import { UserError } from '../errors.ts';
import { longestLine, plainLine } from '../text/plain-line.ts';
import { lastWords } from './tokenize.ts';

/** The reason that the last words of what was typed give, as one line with all its marks. @throws UserError where nobody would see all of it */
export function reasonOf(typed: string, words: number): string {
  const reason = lastWords(typed, words).trim();
  if (reason.length > longestLine)
    throw new UserError(
      `A reason can have at most ${longestLine} characters; this one had ${reason.length}. Nothing was done; please shorten it.`,
    );
  return plainLine(reason);
}
