import type { ReplyMessage } from '../../messages/reply.ts';
import type { Asked } from './answer.ts';
import { uploadText } from './upload.ts';
import type { WebClient } from './web.ts';

type Respond = (message: {
  text: string;
  blocks: ReplyMessage['blocks'];
  response_type: 'ephemeral';
  replace_original: false;
}) => Promise<unknown>;

/** By the address that came with the press or the command; where that is spent, as a message that one person sees. */
export async function privately(web: WebClient, { channel, user }: Asked, { text, blocks }: ReplyMessage, respond: Respond): Promise<void> {
  try {
    await respond({ text, blocks, response_type: 'ephemeral', replace_original: false });
  } catch {
    await web.chat.postEphemeral({ channel, user, text, blocks });
  }
}

/** A text too long for a message: into the thread where it was asked for, else into the run's. */
export async function shareFile(web: WebClient, { file }: ReplyMessage, { channel, thread }: Asked): Promise<void> {
  const at = thread === undefined ? file?.thread : { channel, ts: thread };
  if (!file || !at) return;
  await uploadText(web, { name: file.name, title: file.name, text: file.text, channel: at.channel, thread: at.ts });
}
