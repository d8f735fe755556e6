import type { App } from '@slack/bolt';
import type { ReplyMessage } from '../../messages/reply.ts';
import { type Answers, type Asked, answerTo, whole } from './answer.ts';
import { inThread, privately, shareFile } from './deliver.ts';
import { plainText, withoutMention } from './said.ts';
import { firstTime } from './seen.ts';
import type { WebClient } from './web.ts';

/** How an answer reaches the person who asked. */
type Deliver = (message: ReplyMessage) => Promise<unknown>;

/** Hears the slash command, mentions and buttons. Each is acknowledged first, heard once, and answered whatever happens. */
export function listen(app: App, web: WebClient, answers: Answers): { idle(): Promise<void> } {
  const isNew = firstTime();
  const open = new Set<Promise<void>>();
  const hear = (text: string, asked: Asked, deliver: Deliver) => {
    if (!isNew(asked.key)) return;
    const work = say(web, answers, { text: plainText(text), asked, deliver }).finally(() => open.delete(work));
    open.add(work);
  };

  app.command('/cox', async ({ ack, command, respond }) => {
    await ack();
    const asked = { user: command.user_id, channel: command.channel_id, key: command.trigger_id };
    hear(command.text, asked, (message) => privately(web, asked, message, respond));
  });

  app.event('app_mention', async ({ event, body, context }) => {
    if (!event.user || event.bot_id) return;
    const thread = event.thread_ts ?? event.ts;
    const asked = { user: event.user, channel: event.channel, key: body.event_id, thread };
    hear(withoutMention(event.text, context.botUserId), asked, (message) => inThread(web, { channel: asked.channel, ts: thread }, message));
  });

  app.action({ type: 'block_actions' }, async ({ ack, action, body, respond }) => {
    await ack();
    if (body.type !== 'block_actions' || action.type !== 'button' || !action.value) return;
    const channel = body.channel?.id ?? body.container.channel_id;
    const asked = { user: body.user.id, channel: String(channel ?? body.user.id), key: body.trigger_id };
    hear(action.value, asked, (message) => privately(web, asked, message, respond));
  });

  return { idle: async () => void (await Promise.all(open)) };
}

interface Heard {
  readonly text: string;
  readonly asked: Asked;
  readonly deliver: Deliver;
}

/** Never rejects: who listens for Slack must not fall over an answer that could not be given. */
async function say(web: WebClient, answers: Answers, { text, asked, deliver }: Heard): Promise<void> {
  try {
    const message = await answerTo(answers, text, asked);
    await deliver(message);
    await shareFile(web, message, asked);
  } catch (error) {
    answers.log.error(`the answer to "${text}" of ${asked.user} did not wholly reach them: ${whole(error)}`);
  }
}
