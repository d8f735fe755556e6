import type { Reply } from '../../../core/command/command.ts';
import type { InvocationOrigin } from '../../../core/command/dispatch.ts';
import type { ReceivedMessages } from '../../../core/command/received-messages.ts';
import { UserError } from '../../../core/errors.ts';
import { NotAnswered } from '../../../core/people/membership.ts';
import { forgotten, NoSuchRun } from '../../../core/run/find-run.ts';
import { plainLine } from '../../../core/text/plain-line.ts';
import { machineTime } from '../../../core/time/clock.ts';
import { calmSentence, errorMessage, type ReplyMessage, replyMessage } from '../../../messages/reply.ts';
import type { ViewOf } from '../../../messages/view.ts';
import type { Log } from '../../log/log.ts';
import { byShape, type Redact, redacted } from '../outbound/redact.ts';

/** What somebody asked of the bot. */
export interface Incoming extends InvocationOrigin {
  /** By a button of a message of ours: what it is about was there once. */
  readonly pressed?: true;
}

export interface AnswerDeps {
  /** What the commands say to it. @throws UserError */
  readonly answer: (text: string, incoming: Incoming) => Promise<Reply>;
  readonly viewOf: ViewOf;
  readonly log: Log;
  /** Takes secrets out of what is said; where not given, those that are known by their shape. */
  readonly redact?: Redact;
}

/** What listening needs beside that. */
export interface InboundDeps extends AnswerDeps {
  /** Remembers what was heard, over restarts too. */
  readonly received: ReceivedMessages;
  /** The time of day; that of this machine where not given. */
  readonly now?: () => Date;
}

/** When something was heard of which Slack does not say when it was done. */
export function presentOf({ now = machineTime }: InboundDeps): Date {
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
  { received }: Pick<InboundDeps, 'received'>,
  incoming: Incoming,
  event: string,
  begin: (incoming: Incoming) => Promise<void>,
): Promise<boolean> {
  const delivery = await received.receive(incoming.key, event);
  if (delivery === 'again') return false;
  if (delivery === 'changed') return once({ received }, asEdited(incoming), '', begin);
  await begin(delivery === 'interrupted' ? { delivery, ...incoming } : incoming);
  received.done(incoming.key);
  return true;
}

/** The same message, heard as one that was edited: it has a key of its own. */
export function asEdited(incoming: Incoming): Incoming {
  return { ...incoming, key: `edited ${incoming.key}`, delivery: 'changed' };
}

/** An answer, always: a UserError in its own words, anything else logged whole and told in one calm sentence. */
export async function answerOf(answers: AnswerDeps, text: string, incoming: Incoming): Promise<Answer> {
  const { answer, viewOf, log, redact = byShape } = answers;
  try {
    const reply = await answer(text, incoming);
    return { message: redacted(replyMessage(reply, viewOf), redact), ...(reply.kind === 'asks' && { asks: reply }) };
  } catch (error) {
    const isTheirs = error instanceof UserError;
    if (!isTheirs) log.error(`answering "${plainLine(text)}" from ${incoming.user}: ${whole(error)}`);
    const sentence = isTheirs ? ownWords(error, incoming) : calmSentence;
    const only = error instanceof NotAnswered && { only: error.silent ? ('nobody' as const) : ('the person' as const) };
    return { message: redacted(errorMessage(sentence), redact), refusal: redact(sentence), ...only };
  }
}

/** Of a run whose message somebody sees it is no help to name others that are like it. */
function ownWords(error: UserError, { pressed }: Incoming): string {
  return pressed && error instanceof NoSuchRun ? forgotten(error.id) : error.message;
}

/** An error with its stack and its causes, for the log. */
export function whole(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\n  because of ${whole(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
