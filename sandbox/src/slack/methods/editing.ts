import { isObject } from '../check.ts';
import { SlackError } from '../errors.ts';
import { type Args, type Context, findChannel, type Method, needed } from '../method.ts';
import type { Message, Metadata } from '../model.ts';
import { messageShape } from '../shapes.ts';
import { app } from '../workspace.ts';
import { contentOf, metadataOf, recordPings } from './posting.ts';

/** `chat.update` refuses longer texts with `msg_too_long`. */
const updateTextLimit = 4000;

function ownMessage(context: Context, args: Args, refusal: string): Message {
  const channel = findChannel(context, args);
  const message = context.state.message(channel.id, needed(args, 'ts'));
  if (!message) throw new SlackError('message_not_found');
  if (message.user !== app.botUser) throw new SlackError(refusal);
  return message;
}

/** New metadata, the old one where the argument is missing, none where it is `{}`. */
function nextMetadata(old: Message, args: Args): { metadata?: Metadata } {
  const value = args.metadata;
  const cleared = isObject(value) && Object.keys(value).length === 0;
  const metadata = value === undefined ? old.metadata : cleared ? undefined : metadataOf(args);
  return metadata ? { metadata } : {};
}

const update: Method = {
  name: 'chat.update',
  token: 'bot',
  scopes: ['chat:write'],
  tier: 'T3',
  run(context, args) {
    const old = ownMessage(context, args, 'cant_update_message');
    const { text: words, blocks } = contentOf(context, args);
    if (words.length > updateTextLimit) throw new SlackError('msg_too_long');
    const { blocks: _blocks, metadata: _metadata, edited: _edited, ...kept } = old;
    const message: Message = {
      ...kept,
      text: words,
      ...(blocks ? { blocks } : { edited: context.state.newTs() }),
      ...nextMetadata(old, args),
      revision: old.revision + 1,
    };
    context.state.put(message);
    recordPings(context.state, message);
    return { channel: old.channel, ts: old.ts, text: words, message: messageShape(context.state, message, true, context.origin) };
  },
};

const remove: Method = {
  name: 'chat.delete',
  token: 'bot',
  scopes: ['chat:write'],
  tier: 'T3',
  run(context, args) {
    const message = ownMessage(context, args, 'cant_delete_message');
    context.state.remove(message.channel, message.ts);
    return { channel: message.channel, ts: message.ts };
  },
};

export const editingMethods: readonly Method[] = [update, remove];
