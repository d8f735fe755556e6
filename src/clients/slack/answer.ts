import type { Reply } from '../../core/command.ts';
import type { Origin } from '../../core/dispatch.ts';
import { UserError } from '../../core/errors.ts';
import { calmSentence, errorMessage, type ReplyMessage, replyMessage } from '../../messages/reply.ts';
import type { ViewOf } from '../../messages/view.ts';
import type { Log } from '../log.ts';
import { byShape, cleaned, type Redact } from './clean.ts';

/** What somebody asked of the bot, and the thread in which they did. */
export interface Asked extends Origin {
  readonly thread?: string;
}

export interface Answers {
  /** What the commands say to it. @throws UserError */
  readonly answer: (text: string, asked: Asked) => Promise<Reply>;
  readonly viewOf: ViewOf;
  readonly log: Log;
  /** Takes secrets out of what is said; where not given, those that are known by their shape. */
  readonly redact?: Redact;
}

/** The answer as a message, always: a UserError in its own words, anything else logged whole and told in one calm sentence. */
export async function answerTo(answers: Answers, text: string, asked: Asked): Promise<ReplyMessage> {
  return cleaned(await worded(answers, text, asked), answers.redact ?? byShape);
}

async function worded({ answer, viewOf, log }: Answers, text: string, asked: Asked): Promise<ReplyMessage> {
  try {
    return replyMessage(await answer(text, asked), viewOf);
  } catch (error) {
    if (error instanceof UserError) return errorMessage(error.message);
    log.error(`answering "${text}" of ${asked.user}: ${whole(error)}`);
    return errorMessage(calmSentence);
  }
}

/** An error with its stack and its causes, for the log. */
export function whole(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\n  because of ${whole(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
