import { SlackError } from '../errors.ts';
import { type Method, needed, text } from '../method.ts';
import { userShape } from '../shapes.ts';
import { app } from '../workspace.ts';
import { page } from './paging.ts';

const apiTest: Method = { name: 'api.test', token: 'none', tier: 'T4', run: (_context, args) => ({ args }) };

const authTest: Method = {
  name: 'auth.test',
  token: 'either',
  tier: 'special',
  run(context, args) {
    const team = { url: `${context.origin}/`, team: context.state.teamName, team_id: app.teamId, is_enterprise_install: false };
    if (args.token_kind === 'app') return { ...team, app_name: context.state.users.get(app.botUser)?.name, app_id: app.appId };
    return { ...team, user: context.state.users.get(app.botUser)?.name, user_id: app.botUser, bot_id: app.botId };
  },
};

const openConnection: Method = {
  name: 'apps.connections.open',
  token: 'app',
  tier: 'T3',
  run: (context) => ({ url: context.newSocketUrl() }),
};

const userInfo: Method = {
  name: 'users.info',
  token: 'bot',
  scopes: ['users:read'],
  tier: 'T4',
  run(context, args) {
    const user = context.state.users.get(needed(args, 'user'));
    if (!user) throw new SlackError('user_not_found');
    return { user: userShape(user, context.scopes.includes('users:read.email')) };
  },
};

const userList: Method = {
  name: 'users.list',
  token: 'bot',
  scopes: ['users:read'],
  tier: 'T2',
  run(context, args) {
    const found = page([...context.state.users.values()], args, 1000, 1000);
    return { members: found.items.map((one) => userShape(one, context.scopes.includes('users:read.email'))), ...found.rest };
  },
};

const groupUsers: Method = {
  name: 'usergroups.users.list',
  token: 'bot',
  scopes: ['usergroups:read'],
  tier: 'T2',
  run(context, args) {
    const group = context.state.groups.get(needed(args, 'usergroup'));
    if (!group) throw new SlackError('no_such_subteam');
    return { users: group.users };
  },
};

function reaction(name: 'reactions.add' | 'reactions.remove', tier: 'T3' | 'T2', refusal: string): Method {
  return {
    name,
    token: 'bot',
    scopes: ['reactions:write'],
    tier,
    run(context, args) {
      const message = context.state.message(needed(args, 'channel'), text(args, 'timestamp') ?? '');
      if (!message) throw new SlackError('message_not_found');
      const emoji = needed(args, 'name');
      if (!/^[a-z0-9_+'-]+$/.test(emoji)) throw new SlackError('invalid_name');
      const others = (message.reactions ?? []).filter((one) => one.name !== emoji);
      const users = message.reactions?.find((one) => one.name === emoji)?.users ?? [];
      const adds = name === 'reactions.add';
      if (users.includes(app.botUser) === adds) throw new SlackError(refusal);
      const left = adds ? [...users, app.botUser] : users.filter((id) => id !== app.botUser);
      const reactions = left.length > 0 ? [...others, { name: emoji, users: left }] : others;
      context.state.put({ ...message, reactions, revision: message.revision + 1 });
      return {};
    },
  };
}

export const peopleMethods: readonly Method[] = [
  apiTest,
  authTest,
  openConnection,
  userInfo,
  userList,
  groupUsers,
  reaction('reactions.add', 'T3', 'already_reacted'),
  reaction('reactions.remove', 'T2', 'no_reaction'),
];
