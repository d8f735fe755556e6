import { acceptBlocks, markupIn } from '../blocks.ts';
import { isObject } from '../check.ts';
import { mentionsIn } from '../escape.ts';
import { type Args, type Context, findChannel, flag, type Method, needed, SlackError, text } from '../method.ts';
import type { Block, Channel, JsonObject, Message, Metadata } from '../model.ts';
import { messageShape } from '../shapes.ts';
import type { State } from '../state.ts';
import { app } from '../workspace.ts';

/** Longer texts are cut when posted, as Slack does since 2018. */
export const postTextLimit = 40_000;
/** `chat.update` refuses longer texts with `msg_too_long`. */
export const updateTextLimit = 4000;
const mostBlocks = 50;

/** Remembers every mention in a sent message that would ring somebody. */
function recordPings(state: State, message: Message): void {
  for (const mention of [message.text, ...markupIn(message.blocks)].flatMap(mentionsIn)) {
    state.pings.push({ channel: message.channel, ts: message.ts, mention });
  }
}

export function blocksOf(context: Context, args: Args): Block[] | undefined {
  const value = args.blocks;
  if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) return undefined;
  return acceptBlocks(value, mostBlocks, () => context.state.newId('b'));
}

function metadataOf(args: Args): Metadata | undefined {
  const value = args.metadata;
  if (value === undefined) return undefined;
  if (!isObject(value)) throw new SlackError('invalid_metadata_format');
  const { event_type: type, event_payload: payload } = value;
  if (typeof type !== 'string' || !isObject(payload)) throw new SlackError('invalid_metadata_schema');
  return { event_type: type, event_payload: payload };
}

function checkPlace(context: Context, channel: Channel): void {
  if (channel.archived) throw new SlackError('is_archived');
  if (channel.members.includes(app.botUser)) return;
  if (channel.kind === 'private') throw new SlackError('channel_not_found');
  if (!context.scopes.includes('chat:write.public')) throw new SlackError('not_in_channel');
}

/** The parent's `ts` of the thread that a message goes into; refuses a thread that is not there, and a reply as a parent. */
export function threadOf(state: State, channel: Channel, args: Args): string | undefined {
  const ts = text(args, 'thread_ts');
  if (!ts) return undefined;
  const parent = state.message(channel.id, ts);
  if (!parent) throw new SlackError('thread_not_found');
  if (parent.thread_ts && parent.thread_ts !== parent.ts) throw new SlackError('cannot_reply_to_message');
  return ts;
}

function content(context: Context, args: Args): { text: string; blocks?: Block[] } {
  const blocks = blocksOf(context, args);
  const words = text(args, 'text');
  const attachments = args.attachments;
  if (words === undefined && !blocks && !(Array.isArray(attachments) && attachments.length > 0)) throw new SlackError('no_text');
  return { text: words ?? '', ...(blocks ? { blocks } : {}) };
}

const postMessage: Method = {
  name: 'chat.postMessage',
  token: 'bot',
  scopes: ['chat:write'],
  tier: 'special',
  run(context, args) {
    const { state } = context;
    const channel = findChannel(context, args, true);
    const wait = context.limits.take(`chat.postMessage ${channel.id}`, 'perChannel');
    if (wait > 0) throw new SlackError('ratelimited', {}, wait);
    checkPlace(context, channel);
    const thread = threadOf(state, channel, args);
    const { text: words, blocks } = content(context, args);
    const metadata = metadataOf(args);
    const message: Message = {
      channel: channel.id,
      ts: state.newTs(),
      user: app.botUser,
      bot_id: app.botId,
      text: words.slice(0, postTextLimit),
      ...(blocks ? { blocks } : {}),
      ...(thread ? { thread_ts: thread } : {}),
      ...(thread && flag(args, 'reply_broadcast') ? { broadcast: true } : {}),
      ...(metadata ? { metadata } : {}),
      revision: 1,
    };
    state.put(message);
    recordPings(state, message);
    const cut =
      words.length > postTextLimit ? { warning: 'message_truncated', response_metadata: { warnings: ['message_truncated'] } } : {};
    return { channel: channel.id, ts: message.ts, message: messageShape(state, message, true, context.origin), ...cut };
  },
};

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
    const { text: words, blocks } = content(context, args);
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

const postEphemeral: Method = {
  name: 'chat.postEphemeral',
  token: 'bot',
  scopes: ['chat:write'],
  tier: 'T4',
  run(context, args): JsonObject {
    const channel = findChannel(context, args, true);
    checkPlace(context, channel);
    const user = needed(args, 'user');
    if (!channel.members.includes(user)) throw new SlackError('user_not_in_channel');
    const shown = content(context, args);
    const thread = threadOf(context.state, channel, args);
    const ts = context.state.newTs();
    const place = { id: context.state.newId('E'), ts, channel: channel.id, user, from: app.botUser };
    context.state.showEphemeral({ ...place, ...shown, text: shown.text.slice(0, postTextLimit), ...(thread ? { thread_ts: thread } : {}) });
    return { message_ts: ts };
  },
};

const getPermalink: Method = {
  name: 'chat.getPermalink',
  token: 'bot',
  tier: 'special',
  run(context, args) {
    const channel = findChannel(context, args);
    const ts = needed(args, 'message_ts');
    if (!context.state.message(channel.id, ts)) throw new SlackError('message_not_found');
    return { channel: channel.id, permalink: `${context.origin}/archives/${channel.id}/p${ts.replace('.', '')}` };
  },
};

export const chatMethods: readonly Method[] = [postMessage, update, remove, postEphemeral, getPermalink];
