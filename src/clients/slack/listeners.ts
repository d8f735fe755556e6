import type { App } from '@slack/bolt';
import { asking } from '../../messages/blocks.ts';
import { type Answer, type Answers, type Asked, answerOf, whole } from './answer.ts';
import { ephemerally, inThread, privately, shareFile } from './deliver.ts';
import { listenToForms, openedForm } from './form.ts';
import { plainText, withoutMention } from './said.ts';
import { firstTime } from './seen.ts';
import { isByProgram, teamsOf } from './sender.ts';
import type { WebClient } from './web.ts';

/** How an answer reaches the person who asked. */
type Deliver = (answer: Answer) => Promise<unknown>;

/** Hears the slash command, mentions, buttons and forms. Each is acknowledged, heard once, and answered whatever happens. */
export function listen(app: App, web: WebClient, answers: Answers): { idle(): Promise<void> } {
  const isNew = firstTime();
  const open = new Set<Promise<void>>();
  const once = (key: string, begin: () => Promise<void>) => {
    if (!isNew(key)) return;
    const work = begin().finally(() => open.delete(work));
    open.add(work);
  };
  const hear = (text: string, asked: Asked, deliver: Deliver) => once(asked.key, () => say(web, answers, { text, asked, deliver }));

  app.command('/cox', async ({ ack, command, respond }) => {
    await ack();
    const { user_id: user, channel_id: channel, trigger_id: key } = command;
    const asked = { user, channel, key, at: new Date(), teams: [command.team_id] };
    hear(plainText(command.text), asked, ({ message }) => privately(web, asked, message, respond));
  });

  app.event('app_mention', async ({ event, body, context }) => {
    if (!event.user || isByProgram(event)) return;
    const thread = event.thread_ts ?? event.ts;
    const asked = { user: event.user, channel: event.channel, key: body.event_id, thread, at: new Date(), teams: teamsOf(event) };
    const text = plainText(withoutMention(event.text, context.botUserId));
    hear(text, asked, ({ message, only }) =>
      only ? ephemerally(web, asked, message, event.thread_ts) : inThread(web, { channel: asked.channel, ts: thread }, message),
    );
  });

  app.action({ type: 'block_actions' }, async ({ ack, action, body, respond }) => {
    await ack();
    if (body.type !== 'block_actions' || action.type !== 'button' || !action.value) return;
    const { channel_id: channel, message_ts: message } = body.container;
    const place = String(body.channel?.id ?? channel ?? body.user.id);
    const asked = { ...pressed(body.user.id, place, body.trigger_id, action.action_ts), teams: teamsOf(body.user) };
    const from = { trigger: body.trigger_id, ...(typeof message === 'string' && { message }) };
    const asksMore = action.action_id.startsWith(asking);
    hear(action.value, asked, async ({ asks, message }) => {
      if (asksMore && asks && (await openedForm({ web, answers }, asks, asked, from))) return;
      await privately(web, asked, message, respond);
    });
  });

  listenToForms(app, { web, answers }, once);
  return { idle: async () => void (await Promise.all(open)) };
}

/** Slack says when a button was pressed, however late we hear of it. */
function pressed(user: string, channel: string, key: string, actionTs: string): Asked {
  const at = new Date(Number(actionTs) * 1000);
  return { user, channel, key, pressed: true, at: Number.isNaN(at.getTime()) ? new Date() : at };
}

interface Heard {
  readonly text: string;
  readonly asked: Asked;
  readonly deliver: Deliver;
}

/** Never rejects: who listens for Slack must not fall over an answer that could not be given. */
async function say(web: WebClient, answers: Answers, { text, asked, deliver }: Heard): Promise<void> {
  try {
    const answer = await answerOf(answers, text, asked);
    if (answer.only === 'nobody') return;
    await deliver(answer);
    await shareFile(web, answer.message, asked);
  } catch (error) {
    answers.log.error(`the answer to "${text}" of ${asked.user} did not wholly reach them: ${whole(error)}`);
  }
}
