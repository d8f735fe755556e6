import type { People } from './config.ts';
import { messageOf } from './errors.ts';

/** The little of Slack that roles need: user group → user ids. */
export interface Members {
  usersOf(group: string): Promise<readonly string[]>;
}

/** Whether a person has a role, and why or why not, as the end of a sentence said to that person, with `<@U…>` and `<!subteam^S…>` in it. */
export interface Decision {
  readonly allowed: boolean;
  readonly why: string;
  /** What to do about a no, as a sentence. */
  readonly next?: string;
  /** A no because Slack did not say who is in a group. */
  readonly unsure?: true;
}

export interface Roles {
  operator(user: string): Promise<Decision>;
  /** Whether the person may decide about releases: is among `of` or, where that is empty, among the approvers. */
  approver(user: string, of: readonly string[]): Promise<Decision>;
}

/** Milliseconds that a user group's members are remembered: Slack lets them be asked for 20 times a minute. */
const remembered = 5 * 60_000;
/** … and at most, while Slack does not answer: whoever was taken out of a group must not decide for ever. */
const rememberedAtMost = 60 * 60_000;

export function roles(people: Pick<People, 'operators' | 'approvers'>, members: Members, now: () => number = Date.now): Roles {
  const usersOf = remembering(members, now);
  return {
    async operator(user) {
      if (people.operators.length === 0) return { allowed: true, why: 'people.operators is empty, so everyone is' };
      return decide(user, { key: 'people.operators', ids: people.operators }, usersOf);
    },
    async approver(user, of) {
      const list = of.length > 0 ? { key: 'approvals.of', ids: of } : { key: 'people.approvers', ids: people.approvers };
      // Unlike operators: nobody named means that nobody may, since what is released cannot be called back.
      if (list.ids.length === 0) return nobody;
      return decide(user, list, usersOf);
    },
  };
}

const nobody: Decision = {
  allowed: false,
  why: 'people.approvers is empty, so nobody is one',
  next: 'Whoever runs coxswain names some in its configuration.',
};

const mostNamed = 10;

/** People and groups by Slack's own marks, which the wording turns into mentions. */
function named(ids: readonly string[]): string {
  const some = ids.slice(0, mostNamed).map((id) => (id.startsWith('S') ? `<!subteam^${id}>` : `<@${id}>`));
  return `${some.join(', ')}${ids.length > mostNamed ? ` and ${ids.length - mostNamed} more` : ''}`;
}

async function decide(user: string, { key, ids }: { key: string; ids: readonly string[] }, usersOf: Members['usersOf']): Promise<Decision> {
  if (ids.includes(user)) return { allowed: true, why: `${key} names you` };
  const troubles: string[] = [];
  for (const group of ids.filter((id) => id.startsWith('S'))) {
    try {
      const users = await usersOf(group);
      if (users.includes(user)) return { allowed: true, why: `${key} names the user group ${named([group])}, and you are in it` };
    } catch (error) {
      troubles.push(`; Slack did not say who is in ${named([group])} (${messageOf(error)})`);
    }
  }
  const why = `${key} names ${named(ids)}, and you are not among them${troubles.join('')}`;
  return { allowed: false, why, next: 'Ask one of them.', ...(troubles.length > 0 && { unsure: true }) };
}

function remembering(members: Members, now: () => number): Members['usersOf'] {
  const known = new Map<string, { asked: number; until: number; users: Promise<readonly string[]> }>();
  return (group) => {
    const last = known.get(group);
    if (last && now() < last.until) return last.users;
    const asked = now();
    const users = members.usersOf(group);
    known.set(group, { asked, until: asked + remembered, users });
    // A failure is not remembered; who was in the group before still is, for a while.
    const before = last && asked - last.asked < rememberedAtMost ? last : undefined;
    users.catch(() => (before ? known.set(group, { ...before, until: now() + 30_000 }) : known.delete(group)));
    return before ? users.catch(() => before.users) : users;
  };
}
