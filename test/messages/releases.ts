import { noGithubLogin } from '../../src/core/git/github-login.ts';
import type { ReleaseChange, ReleaseRun } from '../../src/core/run/release-run.ts';
import type { Run } from '../../src/core/run/run.ts';
import type { StageRun } from '../../src/core/run/stage-run.ts';
import type { MessageView, ReleaseView } from '../../src/messages/view.ts';
import { aRun, building, built, notBuilt, tested, view } from './runs.ts';

const releaseOf: ReleaseView = {
  approvers: ['U0456LIN', 'U0789MAX', 'S0123REL'],
  images: [
    { name: 'release-stock', place: 'registry.example.com/leafai/runner' },
    { name: 'release-azure', place: 'localhost:32000/leafai/runner-azure' },
  ],
  github: { name: 'leaf-ai/studio-go-runner', url: 'https://github.com/leaf-ai/studio-go-runner', assets: ['bin/*', 'build-*.log'] },
};

/** How a repository with a release is shown. */
export const releaseView: MessageView = { ...view, release: releaseOf };

const subjects = ['Read the queue in batches', 'fix: count GPUs once', 'feat: stop early', 'Name the pod', 'Bump go', 'Tidy', 'Add a test'];
const changes = subjects.map((subject, index): ReleaseChange => ({ sha: `${index}f2a1bc9d0`.padEnd(40, '0'), subject, author: 'Grace' }));

export const open: ReleaseRun = {
  version: '0.14.3',
  tag: 'v0.14.3',
  requiredVotes: 2,
  votes: [],
  openedAt: '2026-11-24T14:09:02Z',
  expiresAt: '2026-11-25T14:09:02Z',
  previous: 'v0.14.2',
  changes,
};
const { previous: _none, ...first } = open;
const firstOne: ReleaseRun = { ...first, requiredVotes: 1, changes: changes.slice(0, 1) };
const votes = [
  { by: 'U0456LIN', at: '2026-11-24T14:20:00Z' },
  { by: 'U0789MAX', at: '2026-11-24T14:30:00Z' },
];
const approved = { ...open, votes, approvedAt: '2026-11-24T14:30:00Z' };

/** A run whose two stages have passed, with its release. */
export function released(state: Run['state'], release: ReleaseRun, change: Partial<Run> = {}): Run {
  return aRun({ state, startedAt: '2026-11-24T14:00:01Z', version: '0.14.3', stages: [built, tested], release, ...change });
}

const image = (record: StageRun, name: string, change: Partial<StageRun> = {}): StageRun => ({
  ...record,
  name,
  attempt: 1,
  ...change,
});
const stock = image(built, 'release-stock', {
  image: { repository: 'leafai/runner', tag: '0.14.3', digest: `sha256:${'ab12'.repeat(16)}`, bytes: 812_345_678 },
});
const azure = image(built, 'release-azure', {
  image: { repository: 'leafai/runner-azure', tag: '0.14.3', digest: `sha256:${'cd34'.repeat(16)}`, bytes: 900_000_000 },
});
const assets = [
  { name: 'runner', bytes: 12_345_678, sha256: 'ab'.repeat(32), uploaded: true },
  { name: 'build-142.log', bytes: 45_000, uploaded: false },
  { name: 'SHA256SUMS', bytes: 170, uploaded: false },
];
const url = 'https://github.com/leaf-ai/studio-go-runner/releases/tag/v0.14.3';
const refused = { kind: 'github', title: 'GitHub release: GitHub does not take the token (401).', excerpt: [], next: 'Renew the token.' };
const out = { state: 'published' as const, url, assets: assets.map((asset) => ({ ...asset, uploaded: true })) };

/** A release in each state that people may see. */
export const releases = {
  'waits for its first vote': released('passed', open),
  'has one vote of two': released('passed', { ...open, votes: votes.slice(0, 1) }),
  'has edited notes': released('passed', { ...open, notes: 'Faster.', notesBy: 'U0456LIN' }),
  'is the first one': released('passed', firstOne),
  'has no version': released('passed', { ...open, version: '', tag: '', problem: 'README.md has no <repo-version>' }),
  'is held by a freeze': released('approved', { ...approved, frozenBy: { by: 'U0123ADA', reason: 'the fair' } }),
  'is approved': released('approved', approved),
  'builds its images': released('releasing', {
    ...approved,
    images: [stock, image(building, 'release-azure')],
    github: { state: 'waiting' },
  }),
  'has a failed image': released('releasing', {
    ...approved,
    images: [stock, image(notBuilt, 'release-azure', { attempt: 2 })],
    github: { state: 'waiting' },
  }),
  'uploads its files': released('releasing', { ...approved, images: [stock, azure], github: { state: 'uploading', assets } }),
  'failed on GitHub': released('releasing', {
    ...approved,
    images: [stock, azure],
    github: { state: 'failed', attempt: 2, cause: refused },
  }),
  'is out': released('released', { ...approved, images: [stock, azure], github: out }),
  'is out without GitHub': released('released', { ...approved, images: [stock], github: { state: 'skipped', why: noGithubLogin } }),
  'failed and was left alone': released(
    'failed',
    { ...approved, images: [stock, azure], github: { state: 'failed', cause: refused } },
    { reason: 'a part of the release failed and was not retried within a day' },
  ),
  'was rejected': released(
    'rejected',
    { ...open, votes: votes.slice(0, 1), rejected: { by: 'U0789MAX', at: '2026-11-24T14:30:00Z', reason: 'too slow' } },
    { reason: 'rejected: too slow' },
  ),
  'has expired': released('expired', { ...open, votes: votes.slice(0, 1) }, { reason: 'nobody made a decision by 2026-11-25T14:09:02Z' }),
  'is void': released('superseded', { ...open, votes: votes.slice(0, 1) }, { supersededBy: 'runner-143', reason: 'runner-143 has passed' }),
  'was cancelled': released('cancelled', open, { cancelledBy: 'U0123ADA', reason: 'a person cancelled it' }),
} satisfies Record<string, Run>;
