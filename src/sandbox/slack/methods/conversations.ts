import {
  type Args,
  type Context,
  count,
  findChannel,
  flag,
  type Method,
  missingScope,
  needed,
  needScopeFor,
  SlackError,
  text,
} from '../method.ts';
import type { Channel, JsonObject, Message } from '../model.ts';
import { channelShape, messageShape } from '../shapes.ts';
import { app } from '../workspace.ts';

/** One page of a list, with Slack's cursor to the next one. */
export function page<T>(
  items: readonly T[],
  args: Args,
  usual: number,
  most: number,
): { items: readonly T[]; more: boolean; rest: JsonObject } {
  const cursor = text(args, 'cursor');
  const start = cursor ? Number(Buffer.from(cursor, 'base64').toString().replace('next:', '')) : 0;
  if (!Number.isInteger(start)) throw new SlackError('invalid_cursor');
  const end = start + count(args, 'limit', usual, most);
  const more = end < items.length;
  const next = more ? Buffer.from(`next:${end}`).toString('base64') : '';
  return { items: items.slice(start, end), more, rest: { response_metadata: { next_cursor: next } } };
}

const micros = (ts: string): bigint => {
  const [seconds = '0', rest = ''] = ts.split('.');
  if (!/^\d+$/.test(seconds) || !/^\d*$/.test(rest)) throw new SlackError('invalid_ts_latest');
  return BigInt(seconds) * 1_000_000n + BigInt(rest.slice(0, 6).padEnd(6, '0'));
};

/** Says whether a timestamp lies between `oldest` and `latest`; the ends count only where `inclusive`. */
function inRange(args: Args): (message: Message) => boolean {
  const oldest = micros(text(args, 'oldest') ?? '0');
  const latest = micros(text(args, 'latest') ?? '99999999999');
  const inclusive = flag(args, 'inclusive');
  return ({ ts }) => {
    const at = micros(ts);
    return inclusive ? at >= oldest && at <= latest : at > oldest && at < latest;
  };
}

function readable(context: Context, args: Args): Channel {
  const channel = findChannel(context, args);
  needScopeFor(context, channel, 'history');
  if (!channel.members.includes(app.botUser)) throw new SlackError(channel.kind === 'public' ? 'not_in_channel' : 'channel_not_found');
  return channel;
}

const historyScopes = ['channels:history', 'groups:history', 'im:history', 'mpim:history'];
const readScopes = ['channels:read', 'groups:read', 'im:read', 'mpim:read'];

const history: Method = {
  name: 'conversations.history',
  token: 'bot',
  scopes: historyScopes,
  tier: 'T3',
  run(context, args) {
    const channel = readable(context, args);
    const top = context.state.messages(channel.id).filter((one) => !one.thread_ts || one.thread_ts === one.ts || one.broadcast);
    const found = page(top.filter(inRange(args)).reverse(), args, 100, 999);
    const withMetadata = flag(args, 'include_all_metadata');
    const messages = found.items.map((one) => messageShape(context.state, one, withMetadata, context.origin));
    return { messages, has_more: found.more, pin_count: 0, ...(found.more ? found.rest : {}) };
  },
};

const replies: Method = {
  name: 'conversations.replies',
  token: 'bot',
  scopes: historyScopes,
  tier: 'T3',
  run(context, args) {
    const channel = readable(context, args);
    const asked = context.state.message(channel.id, needed(args, 'ts'));
    if (!asked) throw new SlackError('thread_not_found');
    const parent = asked.thread_ts ?? asked.ts;
    const thread = context.state.messages(channel.id).filter((one) => one.ts === parent || one.thread_ts === parent);
    const ranged = thread.filter((one) => one.ts === parent || inRange(args)(one));
    const found = page(ranged, args, 1000, 1000);
    const withMetadata = flag(args, 'include_all_metadata');
    const messages = found.items.map((one) => messageShape(context.state, one, withMetadata, context.origin));
    return { messages, has_more: found.more, ...(found.more ? found.rest : {}) };
  },
};

const info: Method = {
  name: 'conversations.info',
  token: 'bot',
  scopes: readScopes,
  tier: 'T3',
  run(context, args) {
    const channel = findChannel(context, args);
    needScopeFor(context, channel, 'read');
    return { channel: channelShape(channel, app.botUser) };
  },
};

const kindOf: { readonly [type: string]: Channel['kind'] } = { public_channel: 'public', private_channel: 'private', im: 'im' };
const scopeOf: { readonly [type: string]: string } = {
  public_channel: 'channels:read',
  private_channel: 'groups:read',
  im: 'im:read',
  mpim: 'mpim:read',
};

const list: Method = {
  name: 'conversations.list',
  token: 'bot',
  scopes: readScopes,
  tier: 'T2',
  run(context, args) {
    const types = (text(args, 'types') ?? 'public_channel').split(',').map((type) => type.trim());
    for (const type of types) {
      const scope = scopeOf[type];
      if (!scope) throw new SlackError('invalid_types');
      if (!context.scopes.includes(scope)) throw missingScope(context, [scope]);
    }
    const kinds = types.map((type) => kindOf[type]);
    const seen = [...context.state.channels.values()].filter(
      (one) =>
        kinds.includes(one.kind) &&
        (one.kind === 'public' || one.members.includes(app.botUser)) &&
        !(one.archived && flag(args, 'exclude_archived')),
    );
    const found = page(seen, args, 100, 1000);
    return { channels: found.items.map((one) => channelShape(one, app.botUser)), ...found.rest };
  },
};

const members: Method = {
  name: 'conversations.members',
  token: 'bot',
  scopes: readScopes,
  tier: 'T4',
  run(context, args) {
    const channel = findChannel(context, args);
    needScopeFor(context, channel, 'read');
    const found = page(channel.members, args, 100, 1000);
    return { members: found.items, ...found.rest };
  },
};

const join: Method = {
  name: 'conversations.join',
  token: 'bot',
  scopes: ['channels:join'],
  tier: 'T3',
  run(context, args) {
    const channel = findChannel(context, args);
    if (channel.kind !== 'public') throw new SlackError('method_not_supported_for_channel_type');
    if (channel.archived) throw new SlackError('is_archived');
    if (channel.members.includes(app.botUser)) return { channel: channelShape(channel, app.botUser), warning: 'already_in_channel' };
    const joined = { ...channel, members: [...channel.members, app.botUser] };
    context.state.setChannel(joined);
    return { channel: channelShape(joined, app.botUser) };
  },
};

const open: Method = {
  name: 'conversations.open',
  token: 'bot',
  scopes: ['im:write', 'mpim:write'],
  tier: 'T3',
  run(context, args) {
    const user = needed(args, 'users');
    if (!context.state.users.has(user)) throw new SlackError('user_not_found');
    const channel = directChannel(context.state, user);
    return { channel: flag(args, 'return_im') ? channelShape(channel, app.botUser) : { id: channel.id } };
  },
};

/** The direct conversation of a person with the bot; made when it is first asked for. */
export function directChannel(state: Context['state'], user: string): Channel {
  const open = [...state.channels.values()].find((one) => one.kind === 'im' && one.members.includes(user));
  if (open) return open;
  const channel: Channel = { id: state.newId('D'), name: '', kind: 'im', members: [user, app.botUser] };
  state.setChannel(channel);
  return channel;
}

export const conversationMethods: readonly Method[] = [history, replies, info, list, members, join, open];
