import { commands, type Ports } from '../../commands/index.ts';
import { dispatch } from '../../src/core/command/dispatch.ts';
import type { ApprovalRules, Config } from '../../src/core/config.ts';
import type { MembershipCheck } from '../../src/core/people/membership.ts';
import { type Members, roles } from '../../src/core/people/roles.ts';
import { type Freeze, freezeOf, withFreeze, withoutFreeze } from '../../src/core/release/freeze.ts';
import type { Run } from '../../src/core/run/run.ts';
import { Decisions } from '../../src/pipeline/release/decisions.ts';
import { keptAudit } from '../core/kept-audit.ts';
import { allMembers } from '../core/known-people.ts';
import { open, released } from '../messages/releases.ts';
import { aBook } from '../pipeline/world.ts';

export const [ada, lin, guest] = ['U0123ADA', 'U0456LIN', 'U0789GUEST'];
const hour = 3_600_000;
const fromNow = (ms: number) => new Date(Date.now() + ms).toISOString();

/** A run whose vote has been open for an hour and is so for one more. */
export function asking(change: Partial<Run> = {}): Run {
  const release = { ...open, openedAt: fromNow(-hour), expiresAt: fromNow(hour) };
  return released('passed', release, { createdAt: fromNow(-2 * hour), ...change });
}

export interface DoorOptions {
  readonly rules?: Partial<ApprovalRules>;
  readonly freezes?: readonly Freeze[];
  /** The text of notes that nobody has edited. */
  readonly notes?: string;
  /** Who is in the group S0123OPS. */
  readonly members?: Members['usersOf'];
  readonly standing?: MembershipCheck;
}

/** All that people can say about one run's release, decided by the real rules: Lin and the group S0123OPS, which is Ada, may approve. */
export function door(run: Run, options: DoorOptions = {}) {
  const { rules = {}, freezes = [], notes = '', members = async () => [ada], standing: membership = allMembers } = options;
  const { book } = aBook([run], () => new Date());
  const approvals: ApprovalRules = { votes: 2, of: [lin, 'S0123OPS'], expires: hour, self: false, ...rules };
  const people = { operators: [ada], approvers: [], workspaces: [], guests: false, emails: { 'grace@example.com': lin } };
  const config = { people, repositories: [{ name: run.repository, branches: [run.branch], release: { approvals } }] } as unknown as Config;
  const known = roles(people, { usersOf: members }, membership);
  const held = { list: freezes };
  const decisions = new Decisions({
    book,
    config,
    approvers: known,
    notes: { notes: async () => notes },
    freezes: { of: (repository) => freezeOf(held.list, repository) },
    now: () => new Date(),
  });
  const { audit: kept, entries: audit } = keptAudit();
  const ports: Pick<Ports, 'decisions' | 'freezes' | 'polls' | 'audit'> = {
    decisions,
    freezes: {
      list: () => held.list,
      async freeze(freeze) {
        held.list = withFreeze(held.list, freeze);
      },
      async unfreeze(repository) {
        held.list = withoutFreeze(held.list, repository);
      },
    },
    polls: { paused: () => [], pause: async () => undefined, resume: async () => undefined },
    audit: { entries: async () => audit.toReversed() },
  };
  const pipeline = {
    all: () => book.all(),
    get: (id: string) => book.get(id),
    repositories: () => [{ name: run.repository, branches: [], busy: [] }],
  };
  const list = commands({ ...ports, roles: known, pipeline: pipeline as unknown as Ports['pipeline'] });
  const answer = dispatch(list, { roles: known, membership, audit: kept });
  return { answer, book, audit, present: () => book.get(run.id) ?? run };
}
