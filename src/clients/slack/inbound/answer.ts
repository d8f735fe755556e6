import type { Reply } from '../../../core/command/command.ts';
import type { Origin } from '../../../core/command/dispatch.ts';
import type { Heard } from '../../../core/command/heard.ts';
import { UserError } from '../../../core/errors.ts';
import { NotAnswered } from '../../../core/people/standing.ts';
import { forgotten, NoSuchRun } from '../../../core/run/find-run.ts';
import { plainLine } from '../../../core/text/plain-line.ts';
import { machineTime } from '../../../core/time/clock.ts';
import { calmSentence, errorMessage, type ReplyMessage, replyMessage } from '../../../messages/reply.ts';
import type { ViewOf } from '../../../messages/view.ts';
import type { Log } from '../../log/log.ts';
import { byShape, cleaned, type Redact } from '../outbound/redact.ts';

/** What somebody asked of the bot. */
export interface Asked extends Origin {
  /** By a button of a message of ours: what it is about was there once. */
  readonly pressed?: true;
}

export interface Answers {
  /** What the commands say to it. @throws UserError */
  readonly answer: (text: string, asked: Asked) => Promise<Reply>;
  readonly viewOf: ViewOf;
  readonly log: Log;
  /** Takes secrets out of what is said; where not given, those that are known by their shape. */
  readonly redact?: Redact;
}

/** What listening needs beside that. */
export interface Hearing extends Answers {
  /** Remembers what was heard, over restarts too. */
  readonly heard: Heard;
  /** The time of day; that of this machine where not given. */
  readonly now?: () => Date;
}

/** When something was heard of which Slack does not say when it was done. */
export function presentOf({ now = machineTime }: Hearing): Date {
  return now();
}

export interface Answer {
  readonly message: ReplyMessage;
  /** Why it was not done, where it was not. */
  readonly refusal?: string;
  /** Who is not answered is told so alone, and a bot not even that. */
  readonly only?: 'the person' | 'nobody';
  /** What is still to be said, where that is so. */
  readonly asks?: Extract<Reply, { kind: 'asks' }>;
}

/**
 * Begins what was not heard before, and remembers it. A repeated delivery is not begun again; that edits do nothing is said once for a message.
 * @param event Slack's id of what brought it
 */
export async function once(
  { heard }: Pick<Hearing, 'heard'>,
  asked: Asked,
  event: string,
  begin: (asked: Asked) => Promise<void>,
): Promise<boolean> {
  const hearing = await heard.hear(asked.key, event);
  if (hearing === 'again') return false;
  if (hearing === 'changed') return once({ heard }, asEdited(asked), '', begin);
  await begin(hearing === 'interrupted' ? { heard: hearing, ...asked } : asked);
  heard.done(asked.key);
  return true;
}

/** The same message, heard as one that was edited: it has a key of its own. */
export function asEdited(asked: Asked): Asked {
  return { ...asked, key: `edited ${asked.key}`, heard: 'changed' };
}

/** An answer, always: a UserError in its own words, anything else logged whole and told in one calm sentence. */
export async function answerOf(answers: Answers, text: string, asked: Asked): Promise<Answer> {
  const { answer, viewOf, log, redact = byShape } = answers;
  try {
    const reply = await answer(text, asked);
    return { message: cleaned(replyMessage(reply, viewOf), redact), ...(reply.kind === 'asks' && { asks: reply }) };
  } catch (error) {
    const isTheirs = error instanceof UserError;
    if (!isTheirs) log.error(`answering "${plainLine(text)}" from ${asked.user}: ${whole(error)}`);
    const sentence = isTheirs ? ownWords(error, asked) : calmSentence;
    const only = error instanceof NotAnswered && { only: error.silent ? ('nobody' as const) : ('the person' as const) };
    return { message: cleaned(errorMessage(sentence), redact), refusal: redact(sentence), ...only };
  }
}

/** Of a run whose message somebody sees it is no help to name others that are like it. */
function ownWords(error: UserError, { pressed }: Asked): string {
  return pressed && error instanceof NoSuchRun ? forgotten(error.id) : error.message;
}

/** An error with its stack and its causes, for the log. */
export function whole(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\n  because of ${whole(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
