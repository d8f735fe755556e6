import type { App } from '@slack/bolt';
import { machineTime } from '../../../core/time/clock.ts';
import { asking } from '../../../messages/blocks.ts';
import { ephemerally, inThread, privately, shareFile } from '../outbound/deliver.ts';
import type { WebClient } from '../web.ts';
import { type Answer, answerOf, asEdited, type InboundDeps, type Incoming, once, presentOf, whole } from './answer.ts';
import { listenToForms, openedModal } from './modal.ts';
import { plainText, withoutMention } from './parsed-text.ts';
import { isByProgram, isEdited, teamsOf } from './sender.ts';

/** Delivers an answer to the person who asked. */
type Deliver = (answer: Answer) => Promise<unknown>;

/** Handles the slash command, mentions, buttons and modals. Each is acknowledged, handled once, and answered whatever happens. */
export function listen(app: App, web: WebClient, answers: InboundDeps): { idle(): Promise<void> } {
  const { under, idle } = underWay();
  const receive = (received: ReceivedText) => under(say(web, answers, received));

  app.command('/cox', async ({ ack, command, context, respond }) => {
    await ack();
    const { user_id: user, channel_id: channel, trigger_id: key } = command;
    const incoming = { user, channel, key, at: presentOf(answers), teams: [command.team_id] };
    const text = plainText(withoutMention(command.text, context.botUserId));
    receive({ text, incoming, deliver: ({ message }) => privately(web, incoming, message, respond) });
  });

  app.event('app_mention', async ({ event, body, context }) => {
    if (!event.user || isByProgram(event)) return;
    const thread = event.thread_ts ?? event.ts;
    const key = `${event.channel} ${event.ts}`;
    const first = { user: event.user, channel: event.channel, key, thread, at: presentOf(answers), teams: teamsOf(event) };
    const incoming = isEdited(event, body.event_time) ? asEdited(first) : first;
    const text = plainText(withoutMention(event.text, context.botUserId));
    const deliver: Deliver = ({ message, only }) =>
      only ? ephemerally(web, incoming, message, event.thread_ts) : inThread(web, { channel: incoming.channel, ts: thread }, message);
    receive({ text, incoming, deliver, ...(incoming === first && { event: body.event_id }) });
  });

  app.action({ type: 'block_actions' }, async ({ ack, action, body, respond }) => {
    await ack();
    if (body.type !== 'block_actions' || action.type !== 'button' || !action.value) return;
    const { channel_id: channel, message_ts: message } = body.container;
    const place = String(body.channel?.id ?? channel ?? body.user.id);
    const incoming = { ...pressed(body.user.id, place, body.trigger_id, action.action_ts), teams: teamsOf(body.user) };
    const from = { trigger: body.trigger_id, ...(typeof message === 'string' && { message }) };
    const asksMore = action.action_id.startsWith(asking);
    const deliver: Deliver = async ({ asks, message: reply }) => {
      if (asksMore && asks && (await openedModal({ web, answers }, asks, incoming, from))) return;
      await privately(web, incoming, reply, respond);
    };
    receive({ text: action.value, incoming, deliver });
  });

  listenToForms(app, { web, answers }, under);
  return { idle };
}

/** Answers that are being given; `idle` resolves once those of this moment have been. */
function underWay() {
  const open = new Set<Promise<void>>();
  const under = (answer: Promise<void>): void => {
    open.add(answer);
    void answer.finally(() => open.delete(answer));
  };
  return { under, idle: async (): Promise<void> => void (await Promise.all(open)) };
}

/** Slack reports when a button was pressed, however late the event arrives. */
function pressed(user: string, channel: string, key: string, actionTs: string): Incoming {
  const at = new Date(Number(actionTs) * 1000);
  return { user, channel, key, pressed: true, at: Number.isNaN(at.getTime()) ? machineTime() : at };
}

interface ReceivedText {
  readonly text: string;
  readonly incoming: Incoming;
  /** Slack's id of the event that delivered it; empty if there is none. */
  readonly event?: string;
  readonly deliver: Deliver;
}

/** Never rejects: a failure to answer must not crash the listener. */
async function say(web: WebClient, answers: InboundDeps, { text, incoming: first, event = '', deliver }: ReceivedText): Promise<void> {
  try {
    await once(answers, first, event, async (incoming) => {
      const answer = await answerOf(answers, text, incoming);
      if (answer.only === 'nobody') return;
      await deliver(answer);
      await shareFile(web, answer.message, incoming);
    });
  } catch (error) {
    answers.log.error(`the answer to "${text}" from ${first.user} could not be fully delivered: ${whole(error)}`);
  }
}
