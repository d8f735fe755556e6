import type { Channel, FileInfo, JsonObject, Message, User, View } from './model.ts';
import type { State } from './state.ts';
import { app } from './workspace.ts';

/** A message as the Web API shows it; the parent of a thread carries the counts of its replies. */
export function messageShape(state: State, message: Message, withMetadata: boolean, origin: string): JsonObject {
  const replies = state.messages(message.channel).filter((one) => one.thread_ts === message.ts && one.ts !== message.ts);
  const last = replies.at(-1);
  return {
    type: 'message',
    ...(message.broadcast ? { subtype: 'thread_broadcast' } : {}),
    user: message.user,
    ts: message.ts,
    text: message.text,
    team: app.teamId,
    ...(message.bot_id ? { bot_id: message.bot_id, app_id: app.appId, bot_profile: botProfile(state) } : {}),
    ...(message.blocks ? { blocks: message.blocks } : {}),
    ...(message.files ? { files: message.files.map((file) => fileShape(file, origin)) } : {}),
    ...(message.reactions?.length ? { reactions: message.reactions.map((one) => ({ ...one, count: one.users.length })) } : {}),
    ...(message.edited ? { edited: { user: message.user, ts: message.edited } } : {}),
    ...(message.thread_ts ? { thread_ts: message.thread_ts } : {}),
    ...(last ? threadShape(message.ts, replies, last) : {}),
    ...(withMetadata && message.metadata ? { metadata: message.metadata } : {}),
  };
}

function threadShape(ts: string, replies: readonly Message[], last: Message): JsonObject {
  const users = [...new Set(replies.map((one) => one.user))];
  return { thread_ts: ts, reply_count: replies.length, reply_users: users, reply_users_count: users.length, latest_reply: last.ts };
}

function botProfile(state: State): JsonObject {
  return { id: app.botId, app_id: app.appId, name: state.users.get(app.botUser)?.name, team_id: app.teamId, deleted: false };
}

export function channelShape(channel: Channel, userId: string): JsonObject {
  return {
    id: channel.id,
    ...(channel.kind === 'im'
      ? { user: channel.members.find((id) => id !== userId) }
      : { name: channel.name, name_normalized: channel.name }),
    is_channel: channel.kind === 'public',
    is_group: false,
    is_im: channel.kind === 'im',
    is_mpim: false,
    is_private: channel.kind !== 'public',
    is_archived: channel.archived ?? false,
    is_member: channel.members.includes(userId),
    num_members: channel.members.length,
    topic: { value: channel.topic ?? '', creator: '', last_set: 0 },
    purpose: { value: '', creator: '', last_set: 0 },
  };
}

/** https://docs.slack.dev/reference/objects/user-object */
export function userShape(user: User, withEmail: boolean): JsonObject {
  const { enterprise } = user;
  return {
    id: user.id,
    team_id: teamOf(user),
    name: user.name,
    real_name: user.realName,
    deleted: user.deleted ?? false,
    is_bot: user.isBot ?? false,
    is_app_user: false,
    // Slack shows the roles of active accounts only, and calls a stranger who shares no channel with the app.
    ...(user.deleted ? {} : { is_restricted: user.guest !== undefined, is_ultra_restricted: user.guest === 'ultra-restricted' }),
    ...(user.team && user.team !== app.teamId ? { is_stranger: false } : {}),
    ...(enterprise ? { enterprise_user: { id: user.id, enterprise_id: enterprise.id, teams: enterprise.teams } } : {}),
    tz: 'Etc/UTC',
    profile: {
      real_name: user.realName,
      display_name: user.name,
      ...(withEmail && user.email ? { email: user.email } : {}),
      ...(user.isBot ? { api_app_id: app.appId, bot_id: app.botId } : {}),
    },
  };
}

/** The workspace of a person. */
export function teamOf(user: User): string {
  return user.team ?? app.teamId;
}

export function fileShape(file: FileInfo, origin: string): JsonObject {
  const url = `${origin}/files/${file.id}/${encodeURIComponent(file.name)}`;
  return { ...file, created: Math.floor(file.created / 1000), url_private: url, url_private_download: url, permalink: url };
}

export function viewShape(view: View, values: JsonObject = {}): JsonObject {
  const { trouble: _trouble, errors: _errors, user: _user, ...shown } = view;
  return { ...shown, team_id: app.teamId, app_id: app.appId, bot_id: app.botId, root_view_id: view.id, state: { values } };
}
