import type { ReleaseRun } from '../../src/core/run/release-run.ts';
import type { Run, RunState } from '../../src/core/run/run.ts';
import type { StageRun, StageState } from '../../src/core/run/stage-run.ts';
import type { WrittenChange } from '../../src/core/version/file-change.ts';
import type { VersionReport } from '../../src/core/version/version-report.ts';
import type { ReleaseView } from '../../src/messages/view.ts';
import { inState } from './runs.ts';

/** Numbers that look random and are the same in every run of the tests (mulberry32, Tommy Ettinger 2017). */
export function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

const fragments = [
  ...[
    '<!channel>',
    '<!here|x>',
    '<@U0123ADA>',
    '<!subteam^S0123OPS>',
    '<https://evil.example|main>',
    '<',
    '>',
    '&',
    '&lt;',
    '&amp;lt;!channel&gt;',
  ],
  ...[
    '```',
    '``',
    '`',
    '*',
    '_',
    '~',
    '|',
    '\n',
    '\r\n',
    '\u2028',
    '\u202e',
    '\t',
    '\0',
    '😀',
    '\ud83d',
    'ˋ',
    'word ',
    'a'.repeat(300),
    '&'.repeat(900),
  ],
];

/** Text as an attacker would write it into a branch name, a commit message or a log. */
export function hostileText(roll: (below: number) => number): string {
  let text = '';
  for (let left = 1 + roll(12); left > 0; left -= 1) text += fragments[roll(fragments.length)] ?? '';
  return text;
}

function pick<T>(roll: (below: number) => number, list: readonly T[], otherwise: T): T {
  return list[roll(list.length)] ?? otherwise;
}

const stageStates: readonly StageState[] = ['waiting', 'starting', 'started', 'passed', 'failed', 'cancelled', 'skipped'];

function hostileStage(roll: (below: number) => number): StageRun {
  const text = () => hostileText(roll);
  return {
    name: text(),
    kind: 'image',
    state: pick(roll, stageStates, 'waiting'),
    ...(roll(3) === 0 && { attempt: roll(4) }),
    ...(roll(5) === 0 && { reusedFrom: text() }),
    phase: text(),
    waitingFor: text(),
    progress: {
      step: { n: 1, of: 2, what: text() },
      tests: { passed: 1, failed: 1, skipped: 0, running: text() },
      notes: [text(), text(), text(), text()],
    },
    cause: { kind: 'test', title: text(), excerpt: Array.from({ length: roll(60) }, text), next: text() },
    image: { repository: text(), tag: text(), digest: text(), bytes: roll(2 ** 40) },
    logs: [{ container: 'x', pod: 'y', lines: roll(3), done: true }],
    startedAt: '2026-11-24T14:00:00Z',
  };
}

const githubStates = ['waiting', 'collecting', 'drafting', 'uploading', 'publishing', 'published', 'failed', 'skipped'] as const;

function hostileRelease(roll: (below: number) => number): ReleaseRun {
  const text = () => hostileText(roll);
  const vote = () => ({ by: text(), at: text() });
  return {
    version: text(),
    tag: text(),
    openedAt: '2026-11-24T14:09:02Z',
    expiresAt: text(),
    requiredVotes: 1 + roll(30),
    votes: Array.from({ length: roll(30) }, vote),
    rejected: { ...vote(), reason: text() },
    ...(roll(2) === 0 && { previous: text() }),
    changes: Array.from({ length: roll(60) }, () => ({ sha: text(), subject: text(), author: text() })),
    ...(roll(3) === 0 && { notes: text() }),
    ...(roll(4) === 0 && { problem: text() }),
    frozenBy: { by: text(), reason: text() },
    approvedAt: text(),
    images: Array.from({ length: roll(3) }, () => hostileStage(roll)),
    github: {
      state: pick(roll, githubStates, 'waiting'),
      attempt: roll(3),
      url: `https://${text()}`,
      assets: Array.from({ length: roll(100) }, () => ({ name: text(), bytes: roll(2 ** 40), uploaded: roll(2) === 0 })),
      cause: { kind: 'github', title: text(), excerpt: [], next: text() },
      why: text(),
    },
  };
}

/** What a configuration says of releases, as an attacker would write it. */
export function hostileView(roll: (below: number) => number): ReleaseView {
  const list = <T>(make: () => T): T[] => Array.from({ length: roll(40) }, make);
  const text = () => hostileText(roll);
  return {
    approvers: list(text),
    images: list(() => ({ name: text(), place: text() })),
    github: { name: text(), url: 'https://github.com/a/b', assets: list(text) },
  };
}

/** A run all of whose texts come from an attacker, with up to forty stages. */
export function hostileRun(roll: (below: number) => number): Run {
  const text = () => hostileText(roll);
  const states = Object.keys(inState) as RunState[];
  return {
    ...inState[pick(roll, states, 'queued')],
    repository: text(),
    branch: text().repeat(3),
    commit: { sha: inState.queued.commit.sha, subject: text(), author: { name: text(), email: text() }, url: `https://${text()}` },
    cause: { kind: 'retry', by: text(), key: text() },
    retryOf: text(),
    reason: text(),
    blockedReason: text(),
    version: text(),
    versionProblem: text(),
    supersededBy: text(),
    cancelledBy: text(),
    ...(roll(2) === 0 && { release: hostileRelease(roll) }),
    stages: Array.from({ length: roll(41) }, () => hostileStage(roll)),
  };
}

/** A version that was raised, all of whose texts come from an attacker. */
export function hostileVersion(roll: (below: number) => number): VersionReport {
  const text = () => hostileText(roll);
  const commit: WrittenChange = { kind: 'commit', sha: text() };
  const written: readonly WrittenChange[] = [
    commit,
    { kind: 'commit', sha: text(), url: text() },
    { kind: 'pull-request', number: 7, url: `https://github.com/${text()}` },
  ];
  const bump = { kind: 'pre', version: text(), written: pick(roll, written, commit) } as const;
  return { repository: text(), branch: text(), sha: text(), path: text(), version: text(), ...(roll(3) > 0 && { bump }) };
}
