import type { Command, Reply } from '../../src/core/command/command.ts';
import { releases } from './releases.ts';
import { inState, notBuilt } from './runs.ts';

const at = '2026-11-24T14:00:00Z';

/** A command of that name, for what is said of commands. */
export function aCommand(change: Partial<Command> = {}): Command {
  const run = async (): Promise<Reply> => ({ kind: 'text', text: 'done' });
  return { name: 'run', usage: 'run <repository> [branch]', summary: 'Start a run.', access: 'operator', run, ...change };
}

const freeze = { reason: 'an incident', by: 'U0123ADA', at };
const entry = {
  at,
  by: 'U0456LIN',
  channel: 'C0123CICD',
  said: 'approve runner-142 3f2a1bc v0.14.3',
  run: 'runner-142',
  outcome: 'done' as const,
};

/** One reply of each kind and each shape. */
export const replies = {
  text: { kind: 'text', text: 'One line.\nAnother one.' },
  started: { kind: 'started', run: inState.queued, isNew: true },
  'started before': { kind: 'started', run: inState.running, isNew: false },
  cancelled: { kind: 'cancelled', run: inState.cancelled },
  'cancelled all': { kind: 'cancelledAll', repository: 'tools', branches: 'feature/*', cancelled: 10_000, refused: [] },
  'cancelled all but some': {
    kind: 'cancelledAll',
    repository: 'tools',
    cancelled: 1,
    refused: Array.from({ length: 12 }, (_, i) => ({ id: `tools-${i}`, why: 'it is releasing' })),
  },
  runs: { kind: 'runs', title: 'Newest runs', runs: Object.values(inState), more: 7 },
  'no runs': { kind: 'runs', title: 'Newest runs', runs: [], more: 0 },
  run: { kind: 'run', run: inState.passed },
  status: {
    kind: 'status',
    repositories: [
      { name: 'studio-go-runner', branches: [{ name: 'main', sha: '3f2a1bc9d0' }], lastPoll: { at }, busy: [inState.running] },
      { name: 'tools', branches: [], lastPoll: { at, error: 'HTTP 403 from git.example.com' }, busy: [], last: inState.failed },
      { name: 'new', branches: [], busy: [] },
    ],
  },
  'status of what is paused': {
    kind: 'status',
    repositories: [
      { name: 'tools', branches: [], busy: [inState.running], paused: { repository: 'tools', by: 'U0123ADA', at, reason: 'demo <day>' } },
      { name: 'new', branches: [], busy: [], lastPoll: { at, error: 'gone' }, paused: { repository: 'new', by: 'coxswain', at } },
    ],
  },
  'status of nothing': { kind: 'status', repositories: [] },
  logs: {
    kind: 'logs',
    run: inState.failed,
    stage: 'image',
    lines: ['go build ./...', '\tmain.go:41: undefined: x'],
    total: 120,
    ...(notBuilt.cause && { cause: notBuilt.cause }),
  },
  'logs that are empty': { kind: 'logs', run: inState.queued, stage: 'image', lines: [], total: 0 },
  'whoami for an operator': { kind: 'whoami', user: 'U0123ADA', operator: true, why: 'people.operators names U0123ADA' },
  'whoami for an approver': {
    kind: 'whoami',
    user: 'U0456LIN',
    operator: false,
    why: 'people.operators names S0123OPS',
    approver: { allowed: true, why: 'people.approvers names U0456LIN' },
  },
  'whoami for a guest': { kind: 'whoami', user: 'U0789GUEST', operator: false, why: 'people.operators names S0123OPS' },
  'voted and enough': { kind: 'voted', run: releases['is approved'], complete: true, missing: 0 },
  'voted and not enough': { kind: 'voted', run: releases['has one vote of two'], complete: false, missing: 1 },
  rejected: { kind: 'rejected', run: releases['was rejected'] },
  'asks for a reason': { kind: 'asks', what: 'reason', run: releases['waits for its first vote'], says: 'reject runner-142', text: '' },
  'shows notes': { kind: 'asks', what: 'notes', run: releases['has edited notes'], says: 'notes runner-142', text: 'Faster.\nBetter.' },
  'has no notes yet': { kind: 'asks', what: 'notes', run: releases['is the first one'], says: 'notes runner-142', text: '' },
  frozen: { kind: 'frozen', freezes: [freeze, { ...freeze, repository: 'tools', reason: 'the fair' }] },
  'nothing frozen': { kind: 'frozen', freezes: [] },
  audit: { kind: 'audit', entries: [entry, { ...entry, outcome: 'refused', why: 'You have already approved runner-142.' }] },
  'audit of a run': { kind: 'audit', entries: [entry], of: 'runner-142' },
  'audit of nothing': { kind: 'audit', entries: [], of: 'runner-9' },
  help: { kind: 'help', commands: [aCommand(), aCommand({ name: 'help', usage: 'help', summary: 'List them.', access: 'anyone' })] },
  'help for one': { kind: 'help', commands: [aCommand({ examples: ['run tools', 'run tools feature/x'] })] },
  unknown: { kind: 'unknown', word: 'retri', suggestion: 'retry' },
  'unknown without a guess': { kind: 'unknown', word: '<!channel>' },
} satisfies Record<string, Reply>;
