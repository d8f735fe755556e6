import { invalidArguments, SlackError } from './errors.ts';
import type { Limits, Tier } from './limits.ts';
import type { Channel, JsonObject } from './model.ts';
import type { State } from './state.ts';
import type { Triggers } from './triggers.ts';

/** What a Web API method works with. */
export interface Context {
  readonly state: State;
  readonly limits: Limits;
  readonly triggers: Triggers;
  readonly scopes: readonly string[];
  /** `http://host:port`, without a slash at the end. */
  readonly origin: string;
  /** Gives the address of a new Socket Mode connection. */
  readonly newSocketUrl: () => string;
}

/** The arguments of a call as strings, numbers, booleans and parsed JSON. */
export type Args = { readonly [name: string]: unknown };

/** One Web API method: who may call it, how often, and what it does. `scopes`: one of them is enough. */
export interface Method {
  readonly name: string;
  readonly token: 'bot' | 'app' | 'either' | 'none';
  readonly scopes?: readonly string[];
  readonly tier: Tier;
  run(context: Context, args: Args): JsonObject;
}

export function text(args: Args, name: string): string | undefined {
  const value = args[name];
  return value === undefined || value === null || value === '' ? undefined : String(value);
}

export function needed(args: Args, name: string): string {
  const value = text(args, name);
  if (value === undefined) throw invalidArguments(`missing required field: ${name}`);
  return value;
}

export function flag(args: Args, name: string): boolean {
  return args[name] === true || args[name] === 'true' || args[name] === '1' || args[name] === 1;
}

/** A whole number between 1 and `most`, or `usual` where the argument is missing. */
export function count(args: Args, name: string, usual: number, most: number): number {
  const value = Number(text(args, name) ?? usual);
  if (!Number.isInteger(value) || value < 1) throw new SlackError('invalid_limit');
  return Math.min(value, most);
}

const kindScopes = { public: 'channels', private: 'groups', im: 'im' } as const;

/** Refuses where the token lacks the scope for this kind of channel, e.g. `channels:history`. */
export function needScopeFor(context: Context, channel: Channel, what: 'read' | 'history' | 'write'): void {
  const scope = `${kindScopes[channel.kind]}:${what}`;
  if (!context.scopes.includes(scope)) throw missingScope(context, [scope]);
}

export function missingScope(context: Context, scopes: readonly string[]): SlackError {
  return new SlackError('missing_scope', { needed: scopes.join(','), provided: context.scopes.join(',') });
}

/** Finds a channel by id, or by name where `byName` (chat.postMessage takes names). */
export function findChannel(context: Context, args: Args, byName = false): Channel {
  const wanted = text(args, 'channel');
  if (!wanted) throw new SlackError('channel_not_found');
  const name = wanted.replace(/^#/, '');
  const channels = [...context.state.channels.values()];
  const channel =
    context.state.channels.get(wanted) ?? (byName ? channels.find((one) => one.name === name && one.kind !== 'im') : undefined);
  if (!channel) throw new SlackError('channel_not_found');
  return channel;
}
