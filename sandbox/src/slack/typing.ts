import { SlackError } from './errors.ts';
import { resolveMentions } from './escape.ts';
import type { AppManifest, SlashCommand } from './manifest.ts';
import { type Channel, type JsonObject, type Message, slackbot, type User } from './model.ts';
import { isAnswer, respond } from './respond.ts';
import { teamOf } from './shapes.ts';
import type { State } from './state.ts';
import type { ToApp } from './to-app.ts';
import { app } from './workspace.ts';

/** What became of something a person did; `error` is Slack's name for it. */
export type Done = { readonly ok: true; readonly ts?: string } | { readonly ok: false; readonly error: string };

export interface Typing {
  readonly state: State;
  readonly toApp: ToApp;
  readonly manifest: AppManifest;
}

function slackSays(state: State, user: User, channel: Channel, text: string, thread?: string): void {
  const place = { id: state.newId('E'), ts: state.newTs(), channel: channel.id, user: user.id, from: slackbot, text };
  state.showEphemeral(thread ? { ...place, thread_ts: thread } : place);
}

async function typeCommand(parts: Typing, user: User, channel: Channel, command: SlashCommand, line: string): Promise<Done> {
  const { state, toApp } = parts;
  const rest = line.slice(command.command.length).trim();
  const ack = await toApp.command(user, channel, command.command, command.should_escape ? resolveMentions(rest, state, true) : rest);
  const failed = (error: string): Done => {
    slackSays(state, user, channel, `${command.command} failed with the error "${error}"`);
    return { ok: false, error };
  };
  if (ack.kind !== 'acked') return failed(ack.kind);
  if (!isAnswer(ack.payload)) return { ok: true };
  try {
    respond(state, { channel: channel.id, user: user.id }, ack.payload);
    return { ok: true };
  } catch (error) {
    if (error instanceof SlackError) return failed(error.error);
    throw error;
  }
}

/** What a message of a person is in events. In a channel that companies share it names the workspace of a person of another one. */
function eventOf(state: State, user: User, channel: Channel, message: Message): JsonObject {
  const { text, ts, thread_ts, edited } = message;
  const team = teamOf(user);
  const isStrange = team !== app.teamId;
  const profile = { name: user.name, real_name: user.realName, team, is_restricted: user.guest !== undefined };
  return {
    user: user.id,
    text,
    ts,
    event_ts: edited ? state.newTs() : ts,
    channel: channel.id,
    team,
    ...(thread_ts ? { thread_ts } : {}),
    ...(edited ? { edited: { user: user.id, ts: edited } } : {}),
    ...(isStrange ? { user_team: team, source_team: team, user_profile: profile } : {}),
    ...(user.isBot
      ? { bot_id: `B${user.id.slice(1)}`, app_id: 'A0OTHER', bot_profile: { id: `B${user.id.slice(1)}`, team_id: team } }
      : {}),
  };
}

/** Tells the app of a message, a new one or an edited one, as far as it subscribes. */
async function tell({ state, toApp }: Typing, user: User, channel: Channel, message: Message): Promise<void> {
  const event = eventOf(state, user, channel, message);
  const kind = channel.kind === 'im' ? 'im' : channel.kind === 'public' ? 'channel' : 'group';
  const isShared = channel.members.some((id) => teamOf(state.users.get(id) ?? user) !== app.teamId);
  const { event_ts, ...inner } = event;
  const asMessage = message.edited
    ? { type: 'message', subtype: 'message_changed', channel: channel.id, ts: event_ts, event_ts, message: { type: 'message', ...inner } }
    : { type: 'message', channel_type: kind, ...event };
  const sent = [toApp.event(kind === 'im' ? 'message.im' : `message.${kind}s`, asMessage, isShared)];
  const isMention = kind !== 'im' && message.text.includes(`<@${app.botUser}>`);
  if (isMention) sent.push(toApp.event('app_mention', { type: 'app_mention', ...event }, isShared));
  await Promise.all(sent);
}

async function say(parts: Typing, user: User, channel: Channel, line: string, thread?: string): Promise<Done> {
  const { state } = parts;
  const text = resolveMentions(line, state, false);
  const ts = state.newTs();
  const message: Message = { channel: channel.id, ts, user: user.id, text, ...(thread ? { thread_ts: thread } : {}), revision: 1 };
  state.put(message);
  if (!channel.members.includes(app.botUser)) {
    const bot = state.users.get(app.botUser)?.name;
    if (text.includes(`<@${app.botUser}>`)) slackSays(state, user, channel, `You mentioned @${bot}, who is not in this channel.`, thread);
    return { ok: true, ts };
  }
  await tell(parts, user, channel, message);
  return { ok: true, ts };
}

/** A person edits a message of their own: the app hears of it as of a new mention, with the same `ts`. */
export async function edit(parts: Typing, user: User, message: Message, line: string): Promise<Done> {
  const { state } = parts;
  const channel = state.channels.get(message.channel);
  if (!channel || message.user !== user.id) return { ok: false, error: 'cant_update_message' };
  const text = resolveMentions(line, state, false);
  const edited = { ...message, text, edited: state.newTs(), revision: message.revision + 1 };
  state.put(edited);
  await tell(parts, user, channel, edited);
  return { ok: true, ts: message.ts };
}

/** A person types a line into a channel or a thread: a slash command, or a message that may mention the bot. */
export async function type(parts: Typing, user: User, channel: Channel, line: string, thread?: string): Promise<Done> {
  const { state, manifest } = parts;
  if (!channel.members.includes(user.id)) return { ok: false, error: 'not_in_channel' };
  if (line.trim() === '') return { ok: false, error: 'no_text' };
  if (!line.startsWith('/')) return say(parts, user, channel, line, thread);
  const word = line.split(/\s/, 1)[0] ?? '';
  const command = manifest.commands.find((one) => one.command === word);
  // An app's command is there for the people of the workspaces that have installed it.
  if (!command || teamOf(user) !== app.teamId) {
    slackSays(state, user, channel, `${word} is not a valid command. Put a space before the / to send it as a message.`, thread);
    return { ok: false, error: 'unknown_command' };
  }
  if (thread) {
    slackSays(state, user, channel, `${word} is not supported in threads. Sorry!`, thread);
    return { ok: false, error: 'not_supported_in_threads' };
  }
  return typeCommand(parts, user, channel, command, line);
}
