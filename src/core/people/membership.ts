import { RateLimited } from '../chat.ts';
import { type Age, type Memory, remembering } from '../concurrency/expiring-cache.ts';
import type { People } from '../config.ts';
import { messageOf, UserError } from '../errors.ts';

/** What Slack returns about an account. */
export interface Account {
  /** The workspaces that it belongs to (T…), and its organization (E…) if there is one. */
  readonly teams: readonly string[];
  readonly isBot: boolean;
  readonly isDeactivated: boolean;
  /** A restricted account, which sees only the channels that it was invited to. */
  readonly isGuest: boolean;
}

/** The part of Slack that identifies a user. */
export interface Directory {
  account(user: string): Promise<Account>;
  /** The bot's own workspace (T…). */
  home(): Promise<string>;
}

/** Who is answered besides the members of the bot's own workspace. */
export type Welcome = Pick<People, 'workspaces' | 'guests'>;

/**
 * Whether a user is answered. `nobody`: a bot or a deactivated account, which gets no reply at all;
 * `unsure`: Slack did not say, which does not count as a yes.
 */
export type Membership =
  | { readonly kind: 'member' }
  | { readonly kind: 'nobody' }
  | { readonly kind: 'refused' | 'unsure'; readonly why: string };

/** Decides whether users are answered. `named`: the workspaces that Slack's message itself gives for the user. */
export type MembershipCheck = (user: string, age: Age, named?: readonly string[]) => Promise<Membership>;

/** Not answered: with one sentence that only this user sees, or (`silent`) not at all. */
export class NotAnswered extends UserError {
  readonly silent: boolean;
  constructor(sentence: string | undefined) {
    super(sentence ?? '');
    this.silent = sentence === undefined;
  }
}

/** Slack itself, which appears as a user in its own events. */
const slackbot = 'USLACKBOT';
const memory: Memory = { fresh: 2_000, remembered: 5 * 60_000, atMost: 60 * 60_000, most: 2_000 };

const refusals = {
  stranger:
    'I only answer members of the workspace that coxswain belongs to, and you are from another one. Ask somebody there, or ask whoever runs coxswain to add yours to `people.workspaces`.',
  guest: 'I only answer guests if `people.guests` allows it. Ask a member, or whoever runs coxswain.',
} as const;

export function membershipCheck(welcome: Welcome, directory: Directory, now?: () => number): MembershipCheck {
  const accountOf = remembering((user) => directory.account(user), memory, now);
  return async (user, age, named = []) => {
    if (user === slackbot) return { kind: 'nobody' };
    try {
      const [home, account] = await Promise.all([directory.home(), accountOf(user, age)]);
      return membershipOf(user, account, { ...welcome, home }, named);
    } catch (error) {
      return {
        kind: 'unsure',
        why: `Slack did not tell me who you are (${messageOf(error)}), so nothing was done: try again ${whenAgain(error)}.`,
      };
    }
  };
}

/** When to retry a request to Slack, as the end of a sentence. */
export function whenAgain(error: unknown): string {
  return error instanceof RateLimited ? `in ${Math.ceil(error.retryAfterMs / 1000)} s` : 'in a moment';
}

/** The decision itself. What the message says about the user's workspace can only count against the user. */
function membershipOf(user: string, account: Account, welcome: Welcome & { readonly home: string }, named: readonly string[]): Membership {
  if (account.isBot || account.isDeactivated) return { kind: 'nobody' };
  const ours = [welcome.home, ...welcome.workspaces];
  const isOurs = account.teams.some((team) => ours.includes(team));
  const isDoubted = named.some((team) => !ours.includes(team) && !account.teams.includes(team));
  if (!isOurs || isDoubted) return { kind: 'refused', why: refusals.stranger };
  const { guests } = welcome;
  const mayEnter = !account.isGuest || (typeof guests === 'boolean' ? guests : guests.includes(user));
  return mayEnter ? { kind: 'member' } : { kind: 'refused', why: refusals.guest };
}

/** @throws NotAnswered unless the user is answered */
export async function demandMember(membership: MembershipCheck, user: string, age: Age, named?: readonly string[]): Promise<void> {
  const found = await membership(user, age, named);
  if (found.kind !== 'member') throw new NotAnswered('why' in found ? found.why : undefined);
}
