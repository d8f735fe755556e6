import type { Ports } from '../../commands/index.ts';
import { commands } from '../../commands/index.ts';
import type { Pause } from '../../src/core/command/command.ts';
import { dispatch } from '../../src/core/command/dispatch.ts';
import { UserError } from '../../src/core/errors.ts';
import { type Freeze, withFreeze, withoutFreeze } from '../../src/core/release/freeze.ts';
import type { Run } from '../../src/core/run/run.ts';
import { allMembers } from '../core/known-people.ts';
import { releases } from '../messages/releases.ts';
import { aRun, inState } from '../messages/runs.ts';

const made = (id: string, state: keyof typeof inState, minute: number): Run => ({
  ...inState[state],
  id,
  createdAt: `2026-11-24T14:${String(minute).padStart(2, '0')}:00Z`,
});

/** Older first: one that failed, one that passed, one that runs, one that waits. */
export const known = [
  made('runner-1', 'failed', 1),
  made('runner-2', 'passed', 2),
  made('runner-3', 'running', 3),
  made('tools-1', 'queued', 4),
];

/** When everything is said. */
export const askedAt = new Date('2026-11-24T15:00:00Z');

/** What decides about releases, as it is asked to; the freezes are kept. */
function deciding(done: unknown[]): Pick<Ports, 'decisions' | 'freezes' | 'audit'> {
  const asking = releases['waits for its first vote'];
  let list: readonly Freeze[] = [];
  const noted = async (what: object) => {
    done.push(what);
    return asking;
  };
  return {
    decisions: {
      approve: async (approve) => ({ run: await noted({ approve }), complete: false }),
      reject: (reject, reason) => noted({ reject, reason }),
      check: async () => asking,
      notes: async () => 'as they are',
      editNotes: (edit, text) => noted({ edit, text }),
      tryAgain: (id, part) => noted({ tryAgain: id, part }),
    },
    freezes: {
      list: () => list,
      freeze: async (freeze) => {
        done.push({ freeze });
        list = withFreeze(list, freeze);
      },
      unfreeze: async (repository) => {
        done.push({ unfreeze: repository });
        list = withoutFreeze(list, repository);
      },
    },
    audit: {
      entries: async (run, most) => {
        done.push({ audit: run, most });
        return [];
      },
    },
  };
}

/** Pauses that are kept in memory. */
function pausing(done: unknown[], first: readonly Pause[]): Ports['polls'] {
  let list = first;
  const others = (repository: string) => list.filter((one) => one.repository !== repository);
  return {
    paused: () => list,
    pause: async (pause) => {
      done.push({ pause });
      list = [...others(pause.repository), pause];
    },
    resume: async (repository) => {
      done.push({ resume: repository });
      list = others(repository);
    },
  };
}

/** All commands over a pipeline that writes down what it is asked to do. */
export function bot(runs: readonly Run[] = known, paused: readonly Pause[] = []) {
  const done: unknown[] = [];
  const polls = pausing(done, paused);
  const withPause = <T extends { name: string }>(one: T) => {
    const pause = polls.paused().find(({ repository }) => repository === one.name);
    return { ...one, ...(pause && { paused: pause }) };
  };
  const pipeline: Ports['pipeline'] = {
    all: () => runs,
    get: (id) => runs.find((run) => run.id === id),
    repositories: () => [
      withPause({ name: 'studio-go-runner', short: 'runner', branches: [], busy: [] }),
      withPause({ name: 'tools', approvers: ['U0456LIN'], branches: [], busy: [] }),
    ],
    start: async (request) => {
      if (request.repository === 'nothing') throw new UserError('There is no repository `nothing`.');
      done.push(request);
      return { run: aRun({ id: 'runner-4' }), isNew: true };
    },
    cancel: async (id, by) => {
      done.push({ cancel: id, by });
      return aRun({ id, state: 'cancelled', cancelledBy: by });
    },
    cancelAll: async (wish) => {
      done.push({ cancelAll: wish });
      return { cancelled: 2, refused: [{ id: 'tools-7', why: 'it is releasing' }] };
    },
    retry: async (id, by, key) => {
      done.push({ retry: id, by, key });
      return { run: aRun({ id: 'runner-5', retryOf: id }), isNew: true };
    },
    version: async (wish) => {
      done.push(wish);
      return { repository: wish.repository, branch: wish.branch ?? 'main', sha: 'a'.repeat(40), path: 'README.md', version: '0.1.0' };
    },
    tail: async (run, stage, lines) => {
      done.push({ tail: run.id, stage, lines });
      return { stage: stage ?? 'image', lines: ['a'], total: 1 };
    },
  };
  const onlyAda = async (user: string) => ({ allowed: user === 'U0123ADA', why: 'only Ada is' });
  const roles: Ports['roles'] = {
    operator: onlyAda,
    approver: async (user, of) => (of.length === 0 ? onlyAda(user) : { allowed: of.includes(user), why: 'only Lin is' }),
  };
  const list = commands({ pipeline, roles, polls, ...deciding(done) });
  const door = dispatch(list, { roles, membership: allMembers, runs: pipeline });
  const say = (text: string, user = 'U0123ADA') => door(text, { user, channel: 'C1', key: 'k1', at: askedAt });
  const sayIn = (thread: string, text: string) => door(text, { user: 'U0123ADA', channel: 'C1', key: 'k1', thread, at: askedAt });
  return { say, sayIn, done, list };
}
