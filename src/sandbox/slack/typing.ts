import { resolveMentions } from './escape.ts';
import type { AppManifest, SlashCommand } from './manifest.ts';
import { SlackError } from './method.ts';
import { type Channel, slackbot, type User } from './model.ts';
import { isAnswer, respond } from './respond.ts';
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

async function say(parts: Typing, user: User, channel: Channel, line: string, thread?: string): Promise<Done> {
  const { state, toApp } = parts;
  const text = resolveMentions(line, state, false);
  const ts = state.newTs();
  state.put({ channel: channel.id, ts, user: user.id, text, ...(thread ? { thread_ts: thread } : {}), revision: 1 });
  const event = { user: user.id, text, ts, event_ts: ts, channel: channel.id, team: app.teamId, ...(thread ? { thread_ts: thread } : {}) };
  const kind = channel.kind === 'im' ? 'im' : channel.kind === 'public' ? 'channel' : 'group';
  const asMessage = { type: 'message', channel_type: kind, ...event };
  if (!channel.members.includes(app.botUser)) {
    const bot = state.users.get(app.botUser)?.name;
    if (text.includes(`<@${app.botUser}>`)) slackSays(state, user, channel, `You mentioned @${bot}, who is not in this channel.`, thread);
    return { ok: true, ts };
  }
  const sent = [toApp.event(kind === 'im' ? 'message.im' : `message.${kind}s`, asMessage)];
  if (kind !== 'im' && text.includes(`<@${app.botUser}>`)) sent.push(toApp.event('app_mention', { type: 'app_mention', ...event }));
  await Promise.all(sent);
  return { ok: true, ts };
}

/** A person types a line into a channel or a thread: a slash command, or a message that may mention the bot. */
export async function type(parts: Typing, user: User, channel: Channel, line: string, thread?: string): Promise<Done> {
  const { state, manifest } = parts;
  if (!channel.members.includes(user.id)) return { ok: false, error: 'not_in_channel' };
  if (line.trim() === '') return { ok: false, error: 'no_text' };
  if (!line.startsWith('/')) return say(parts, user, channel, line, thread);
  const word = line.split(/\s/, 1)[0] ?? '';
  const command = manifest.commands.find((one) => one.command === word);
  if (!command) {
    slackSays(state, user, channel, `${word} is not a valid command. Put a space before the / to send it as a message.`, thread);
    return { ok: false, error: 'unknown_command' };
  }
  if (thread) {
    slackSays(state, user, channel, `${word} is not supported in threads. Sorry!`, thread);
    return { ok: false, error: 'not_supported_in_threads' };
  }
  return typeCommand(parts, user, channel, command, line);
}
