import { SlackError } from '../errors.ts';
import { type Args, type Context, findChannel, flag, type Method, needed, needScopeFor, text } from '../method.ts';
import type { Channel, Message } from '../model.ts';
import { messageShape } from '../shapes.ts';
import { app } from '../workspace.ts';
import { page } from './paging.ts';

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

export const historyMethods: readonly Method[] = [history, replies];
