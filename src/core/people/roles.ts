import { type Age, type Memory, remembering } from '../concurrency/expiring-cache.ts';
import type { People } from '../config.ts';
import { messageOf, sentences, UserError } from '../errors.ts';
import { type MembershipCheck, whenAgain } from './membership.ts';

/** The part of Slack that roles need: user group → user ids. */
export interface Members {
  usersOf(group: string): Promise<readonly string[]>;
}

/** Whether a user has a role, and why, as the end of a sentence addressed to that user, with `<@U…>` and `<!subteam^S…>` in it. */
export interface Permission {
  readonly allowed: boolean;
  readonly why: string;
  /** What to do about a refusal, as a sentence. */
  readonly next?: string;
  /** Refused because Slack did not return a group's members, or whether the user is still active. */
  readonly unsure?: true;
}

/** Slack is queried afresh unless a cached answer will do, which is the case for anything that changes nothing. */
export interface Roles {
  operator(user: string, age?: Age): Promise<Permission>;
  /** Whether the user may decide about releases: is listed in `of` or, if that is empty, among the approvers. */
  approver(user: string, of: readonly string[], age?: Age): Promise<Permission>;
}

/** Slack's rate limit for listing the members of a group is 20 requests per minute. */
const memory: Memory = { fresh: 2_000, remembered: 5 * 60_000, atMost: 60 * 60_000, most: 200 };

/** @param membership whether a user is answered at all: one who is not has no role, whatever groups contain */
export function roles(
  people: Pick<People, 'operators' | 'approvers'>,
  members: Members,
  membership: MembershipCheck,
  now?: () => number,
): Roles {
  const deps: Deps = { usersOf: remembering((group) => members.usersOf(group), memory, now), membership };
  return {
    async operator(user, age = 'fresh') {
      const everyone = { allowed: true, why: 'people.operators is empty, so everyone is one' };
      if (people.operators.length === 0) return stillThere(deps, user, age, everyone);
      return decide(deps, user, age, { key: 'people.operators', ids: people.operators });
    },
    async approver(user, of, age = 'fresh') {
      const list = of.length > 0 ? { key: 'approvals.of', ids: of } : { key: 'people.approvers', ids: people.approvers };
      // Unlike operators: an empty list means that nobody may, since a release cannot be undone.
      if (list.ids.length === 0) return nobody;
      return decide(deps, user, age, list);
    },
  };
}

interface Deps {
  readonly usersOf: (group: string, age: Age) => Promise<readonly string[]>;
  readonly membership: MembershipCheck;
}

/** Who is listed, and under which key of the configuration. */
interface Named {
  readonly key: string;
  readonly ids: readonly string[];
}

const nobody: Permission = {
  allowed: false,
  why: 'people.approvers is empty, so nobody is one',
  next: 'Whoever runs coxswain can add some to its configuration.',
};

const mostNamed = 10;

/** Users and groups in Slack's syntax, which rendering turns into mentions. */
function named(ids: readonly string[]): string {
  const some = ids.slice(0, mostNamed).map((id) => (id.startsWith('S') ? `<!subteam^${id}>` : `<@${id}>`));
  return `${some.join(', ')}${ids.length > mostNamed ? ` and ${ids.length - mostNamed} more` : ''}`;
}

async function decide(deps: Deps, user: string, age: Age, { key, ids }: Named): Promise<Permission> {
  if (ids.includes(user)) return stillThere(deps, user, age, { allowed: true, why: `${key} lists you` });
  const troubles: { group: string; error: unknown }[] = [];
  for (const group of ids.filter((id) => id.startsWith('S'))) {
    try {
      const users = await deps.usersOf(group, age);
      const why = `${key} lists the user group ${named([group])}, which you belong to`;
      if (users.includes(user)) return stillThere(deps, user, age, { allowed: true, why });
    } catch (error) {
      troubles.push({ group, error });
    }
  }
  const [trouble] = troubles;
  if (!trouble) return { allowed: false, why: `${key} lists ${named(ids)}, and you are not among them`, next: 'Ask one of them.' };
  const silent = troubles.map(({ group, error }) => `${named([group])} (${messageOf(error)})`).join(', ');
  const why = `${key} lists ${named(ids)}, and Slack did not return the members of ${silent}`;
  return { allowed: false, why, next: `Nothing was done: try again ${whenAgain(trouble.error)}.`, unsure: true };
}

/** A Slack group may contain users who are deactivated, guests, or of another workspace. */
async function stillThere({ membership }: Deps, user: string, age: Age, decision: Permission): Promise<Permission> {
  const found = await membership(user, age);
  if (found.kind === 'member') return decision;
  if (found.kind === 'nobody') return { allowed: false, why: 'this account is a bot or deactivated' };
  return { allowed: false, why: found.why.replace(/\.$/, ''), ...(found.kind === 'unsure' && { unsure: true }) };
}

/** @throws UserError that says who may use `what`, unless the user is an operator */
export async function demandOperator(what: string, user: string, roles: Pick<Roles, 'operator'>): Promise<void> {
  const { allowed, why, next, unsure } = await roles.operator(user);
  if (allowed) return;
  const verdict = unsure ? 'it is not known whether you are one' : 'you are not one';
  throw new UserError(sentences(`\`${what}\` is for operators, and ${verdict}: ${why}.`, next));
}
