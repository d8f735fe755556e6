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

/** The origin of a request to the bot. */
export interface Incoming extends InvocationOrigin {
  /** Sent by a button in one of our messages: its subject existed at some point. */
  readonly pressed?: true;
}

export interface AnswerDeps {
  /** Runs the command and returns its reply. @throws UserError */
  readonly answer: (text: string, incoming: Incoming) => Promise<Reply>;
  readonly viewOf: ViewOf;
  readonly log: Log;
  /** Redacts secrets in answers; by default, those recognizable by their shape. */
  readonly redact?: Redact;
}

/** What listening needs in addition. */
export interface InboundDeps extends AnswerDeps {
  /** Remembers received messages, across restarts too. */
  readonly received: ReceivedMessages;
  /** The current time; that of this machine by default. */
  readonly now?: () => Date;
}

/** The time to use for requests for which Slack gives no timestamp. */
export function presentOf({ now = machineTime }: InboundDeps): Date {
  return now();
}

export interface Answer {
  readonly message: ReplyMessage;
  /** Why the request was refused, if it was. */
  readonly refusal?: string;
  /** That a request is not answered is told only to the person, and a bot is told nothing. */
  readonly only?: 'the person' | 'nobody';
  /** The input that is still missing, if any. */
  readonly asks?: Extract<Reply, { kind: 'asks' }>;
}

/**
 * Handles a message not received before, and remembers it. Repeated deliveries are ignored; an edit is answered once, as having no effect.
 * @param event Slack's id of the event that delivered it
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

/** The same message, treated as an edited one: it has its own key. */
export function asEdited(incoming: Incoming): Incoming {
  return { ...incoming, key: `edited ${incoming.key}`, delivery: 'changed' };
}

/** Always returns an answer: a UserError is shown as it is; any other error is logged in full and shown as one calm sentence. */
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

/** If the user pressed a button in a run's message, listing similarly named runs does not help. */
function ownWords(error: UserError, { pressed }: Incoming): string {
  return pressed && error instanceof NoSuchRun ? forgotten(error.id) : error.message;
}

/** An error with its stack and causes, for the log. */
export function whole(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\n  because of ${whole(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
