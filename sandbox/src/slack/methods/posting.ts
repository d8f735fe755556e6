import { acceptBlocks, markupIn } from '../blocks.ts';
import { isObject } from '../check.ts';
import { SlackError } from '../errors.ts';
import { mentionsIn } from '../escape.ts';
import { type Args, type Context, findChannel, flag, type Method, needed, text } from '../method.ts';
import type { Block, Channel, JsonObject, Message, Metadata } from '../model.ts';
import { messageShape } from '../shapes.ts';
import type { State } from '../state.ts';
import { app } from '../workspace.ts';

/** Longer texts are cut when posted, as Slack does since 2018. */
const postTextLimit = 40_000;
const mostBlocks = 50;

/** Remembers every mention in a sent message that would ring somebody. */
export function recordPings(state: State, message: Message): void {
  for (const mention of [message.text, ...markupIn(message.blocks)].flatMap(mentionsIn)) {
    state.pings.push({ channel: message.channel, ts: message.ts, mention });
  }
}

export function blocksOf(context: Context, args: Args): Block[] | undefined {
  const value = args.blocks;
  if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) return undefined;
  return acceptBlocks(value, mostBlocks, () => context.state.newId('b'));
}

export function metadataOf(args: Args): Metadata | undefined {
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

export function contentOf(context: Context, args: Args): { text: string; blocks?: Block[] } {
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
    const { text: words, blocks } = contentOf(context, args);
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
    const shown = contentOf(context, args);
    const thread = threadOf(context.state, channel, args);
    const ts = context.state.newTs();
    const place = { id: context.state.newId('E'), ts, channel: channel.id, user, from: app.botUser };
    context.state.showEphemeral({ ...place, ...shown, text: shown.text.slice(0, postTextLimit), ...(thread ? { thread_ts: thread } : {}) });
    return { message_ts: ts };
  },
};

export const postingMethods: readonly Method[] = [postMessage, postEphemeral];
