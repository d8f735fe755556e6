import { SlackError } from '../errors.ts';
import { type Context, findChannel, flag, type Method, missingScope, needed, needScopeFor, text } from '../method.ts';
import type { Channel } from '../model.ts';
import { channelShape } from '../shapes.ts';
import { app } from '../workspace.ts';
import { page } from './paging.ts';

const readScopes = ['channels:read', 'groups:read', 'im:read', 'mpim:read'];

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

export const channelMethods: readonly Method[] = [info, list, join, open];
