import type { Ports } from '../../commands/index.ts';
import { commands } from '../../commands/index.ts';
import { dispatch } from '../../src/core/dispatch.ts';
import { UserError } from '../../src/core/errors.ts';
import type { Run } from '../../src/core/run.ts';
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

/** All commands over a pipeline that writes down what it is asked to do. */
export function bot(runs: readonly Run[] = known) {
  const done: unknown[] = [];
  const pipeline: Ports['pipeline'] = {
    all: () => runs,
    find: (id) => runs.find((run) => run.id === id),
    repositories: () => [
      { name: 'studio-go-runner', branches: [], busy: [] },
      { name: 'tools', branches: [], busy: [] },
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
  const roles: Ports['roles'] = { operator: async (user) => ({ allowed: user === 'U0123ADA', why: 'only Ada is' }) };
  const list = commands({ pipeline, roles });
  const door = dispatch(list, roles);
  const say = (text: string, user = 'U0123ADA') => door(text, { user, channel: 'C1', key: 'k1' });
  return { say, done, list };
}
