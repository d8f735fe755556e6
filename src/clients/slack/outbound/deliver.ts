import { setTimeout as sleep } from 'node:timers/promises';
import { webApi } from '@slack/bolt';
import type { Posted } from '../../../core/chat.ts';
import type { ReplyMessage } from '../../../messages/reply.ts';
import { withoutMentions } from '../../../messages/without-mentions.ts';
import type { Incoming } from '../inbound/answer.ts';
import type { WebClient } from '../web.ts';
import { orPlain } from './errors.ts';
import { uploadText } from './upload.ts';

type Respond = (message: {
  text: string;
  blocks: ReplyMessage['blocks'];
  response_type: 'ephemeral';
  replace_original: false;
}) => Promise<unknown>;

/** Sends to the response URL of the button press or command; if that has expired, sends an ephemeral message. */
export async function privately(web: WebClient, incoming: Incoming, message: ReplyMessage, respond: Respond): Promise<void> {
  const { text, blocks } = message;
  try {
    await respond({ text, blocks, response_type: 'ephemeral', replace_original: false });
  } catch {
    await ephemerally(web, incoming, message);
  }
}

/** Sends an ephemeral message in the channel, or in the given thread. */
export async function ephemerally(web: WebClient, { channel, user }: Incoming, message: ReplyMessage, thread?: string): Promise<void> {
  const place = { channel, user, ...(thread !== undefined && { thread_ts: thread }) };
  await patiently(() => orPlain(message, ({ text, blocks }) => web.chat.postEphemeral({ ...place, text, blocks })));
}

/** Posts in the thread of the message that mentioned the bot. Only one person asked, so the answer notifies nobody else. */
export async function inThread(web: WebClient, { channel, ts }: Posted, message: ReplyMessage): Promise<void> {
  const place = { channel, thread_ts: ts, unfurl_links: false, unfurl_media: false };
  await patiently(() => orPlain(withoutMentions(message), ({ text, blocks }) => web.chat.postMessage({ ...place, text, blocks })));
}

/** Retries a few times after the wait that Slack asks for. A rate-limited call was not carried out, so nothing is sent twice. */
async function patiently<T>(call: () => Promise<T>, tries = 4): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof webApi.WebAPIRateLimitedError) || tries <= 1) throw error;
    await sleep(error.retryAfter * 1000);
    return patiently(call, tries - 1);
  }
}

/** Uploads a text that is too long for a message, to the thread in which it was requested, otherwise to the run's. */
export async function shareFile(web: WebClient, { file }: ReplyMessage, { channel, thread }: Incoming): Promise<void> {
  const at = thread === undefined ? file?.thread : { channel, ts: thread };
  if (!file || !at) return;
  await uploadText(web, { name: file.name, title: file.name, text: file.text, channel: at.channel, thread: at.ts });
}
