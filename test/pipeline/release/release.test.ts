import { Readable } from 'node:stream';
import test from 'ava';
import type { ReleaseStage, Repository } from '../../../src/core/config.ts';
import { UserError } from '../../../src/core/errors.ts';
import { noGithubLogin } from '../../../src/core/git/github-login.ts';
import type { Run } from '../../../src/core/run/run.ts';
import { Decisions } from '../../../src/pipeline/release/decisions.ts';
import type { ReleaseGithub } from '../../../src/pipeline/release/ports.ts';
import { type ReleaseDeps, ReleaseReconciler } from '../../../src/pipeline/release/reconcile-release.ts';
import { stageObjects } from '../../../src/pipeline/stage/stage-objects.ts';
import { aBook, aRun, at, imageStage, testStage } from '../world.ts';

const release: ReleaseStage = {
  name: 'release',
  branches: ['main', 'other'],
  approvals: { votes: 1, of: ['U2'], expires: 100_000, self: false },
  github: { assets: ['bin/*'], notes: 'commits', log: false },
  images: [],
  order: 'images-first',
};
const repository: Repository = {
  name: 'app',
  short: 'app',
  git: 'g',
  clone: 'g',
  branches: ['main'],
  channel: '#ci',
  github: 'acme/app',
  version: { from: 'readme', path: 'README.md', prefix: 'v', write: 'none' },
  stages: [imageStage, testStage],
  release,
};
const passed = (number: number, over: Partial<Run> = {}): Run =>
  aRun(number, { state: 'passed', version: '1.2.3', release: { version: '', tag: '', requiredVotes: 1, votes: [] }, stages: [], ...over });

/** GitHub as a list of what was asked of it; `fails`: what one call throws. */
function aGithub(over: Partial<ReleaseGithub> = {}) {
  const calls: string[] = [];
  const github: ReleaseGithub = {
    async findRelease(_github, tag) {
      calls.push(`find ${tag}`);
      return { state: 'none' };
    },
    tagSha: async () => undefined,
    latestRelease: async () => undefined,
    async ensureDraft(_github, { tag, target, prerelease, body }) {
      calls.push(`draft ${tag} ${target[0]} ${prerelease} ${body}`);
      return { id: 1, url: 'draft', draft: true };
    },
    async ensureAsset(_github, _id, { name }) {
      calls.push(`asset ${name}`);
      return { id: calls.length, name };
    },
    async publish(_github, _id, { makeLatest }) {
      calls.push(`publish ${makeLatest}`);
      return { id: 1, url: 'https://github.com/acme/app/releases/v1.2.3', draft: false };
    },
    ...over,
  };
  return { github, calls };
}

function aWorld(runs: readonly Run[], over: { github?: ReleaseGithub; repository?: Repository } = {}) {
  const clock = { now: at(1000) };
  const { book } = aBook(runs, () => clock.now);
  const frozen: { reason?: string } = {};
  const asset = { name: 'runner', bytes: 3, open: () => Readable.from(['abc']) };
  const discarded: string[] = [];
  const deps = {
    book,
    ...(over.github ? { github: over.github } : {}),
    assets: { collect: async () => [asset, { ...asset, name: 'SHA256SUMS' }], discard: async (run: Run) => void discarded.push(run.id) },
    notes: { notes: async () => 'the notes' },
    versions: { ofCommit: async () => ({}) },
    changes: { since: async () => ({ previous: 'v1.2.2', changes: [{ sha: 'a', subject: 'One' }] }) },
    freezes: { of: () => (frozen.reason ? { reason: frozen.reason, by: 'U3' } : undefined) },
    now: () => clock.now,
    approvers: { approver: async () => ({ allowed: true, why: '' }) },
    log: () => undefined,
  } as unknown as ReleaseDeps;
  const approver = async (user: string) => ({ allowed: user !== 'U9', why: 'people.approvers names others' });
  const config = { repositories: [repository], people: { operators: [], approvers: [], emails: { 'ada@example.com': 'U1' } } } as never;
  const decisions = new Decisions({ book, config, approvers: { approver }, freezes: { of: () => undefined }, now: () => clock.now });
  const releases = new ReleaseReconciler(deps);
  const step = async (id: string, times = 1) => {
    for (let count = 0; count < times; count += 1) await releases.reconcile(book.get(id) ?? aRun(0), over.repository ?? repository);
    return book.get(id);
  };
  return { book, clock, frozen, decisions, step, discarded };
}

test('a run that passed opens a vote that says what would be released and until when', async (t) => {
  const { step } = aWorld([passed(1)]);
  t.like(await step('app-1'), {
    state: 'passed',
    release: { version: '1.2.3', tag: 'v1.2.3', previous: 'v1.2.2', openedAt: at(1000).toISOString(), expiresAt: at(1100).toISOString() },
    delivery: { thread: [{ key: 'request', kind: 'request', stage: 'release', state: 'pending' }] },
  });
});

test('a run without a version opens no vote that could be won, and says why', async (t) => {
  const { step, decisions } = aWorld([{ ...passed(1, { versionProblem: 'README.md has no <repo-version>' }), version: '' }]);
  t.like(await step('app-1'), { release: { problem: 'README.md has no <repo-version>' }, delivery: { thread: [] } });
  await t.throwsAsync(decisions.approve({ id: 'app-1', by: 'U2', at: at(1001) }), { message: /cannot be released: README\.md has no/ });
});

test('the vote ends exactly when its time is over, also for what was pressed in time and is heard a moment later', async (t) => {
  const { step, clock, decisions } = aWorld([passed(1), passed(2, { branch: 'other' })]);
  await step('app-1');
  await step('app-2');
  clock.now = at(1104);
  t.is((await step('app-1'))?.state, 'passed');
  await t.throwsAsync(decisions.approve({ id: 'app-1', by: 'U2', at: at(1100) }), { message: /The vote on app-1 ended/ });
  t.true((await decisions.approve({ id: 'app-2', by: 'U2', at: new Date(at(1100).getTime() - 1) })).complete);
  clock.now = at(1130);
  t.is((await step('app-1'))?.state, 'expired');
});

test('a commit whose author is unknown is not approved by those who may have written it', async (t) => {
  const run = passed(1);
  const { step, decisions } = aWorld([{ ...run, commit: { sha: run.commit.sha, problem: 'Its author and message are unknown.' } }]);
  await step('app-1');
  await t.throwsAsync(decisions.approve({ id: 'app-1', by: 'U1', at: at(1001) }), { message: /may be you, so your vote does not count/ });
  t.true((await decisions.approve({ id: 'app-1', by: 'U2', at: at(1002) })).complete);
});

test('a newer run that passes makes the older vote void', async (t) => {
  const { step, book } = aWorld([passed(1), passed(2), passed(3, { branch: 'other' })]);
  await step('app-1');
  await step('app-2');
  t.like(book.get('app-1'), { state: 'superseded', supersededBy: 'app-2' });
  t.is(book.get('app-3')?.state, 'passed');
});

test('a retry of an old commit, and a run without a version, leave the vote about another commit alone', async (t) => {
  const retry = passed(2, { cause: { kind: 'retry', by: 'U1', key: 'k' }, retryOf: 'app-0' });
  const { step, book } = aWorld([passed(1), retry, { ...passed(3, { versionProblem: 'none' }), version: '' }]);
  for (const id of ['app-1', 'app-2', 'app-3']) await step(id);
  t.is(book.get('app-1')?.state, 'passed');
});

test('an approved run is released: draft, assets, publish, in this order', async (t) => {
  const { github, calls } = aGithub();
  const { step, decisions, discarded } = aWorld([passed(1)], { github });
  await step('app-1');
  t.true((await decisions.approve({ id: 'app-1', by: 'U2', at: at(1001) })).complete);
  t.like(await step('app-1', 3), { state: 'released', release: { github: { state: 'published' } } });
  const looks = ['find v1.2.3', 'find v1.2.3', 'find v1.2.3'];
  t.deepEqual(calls, [...looks, 'draft v1.2.3 1 false the notes', 'asset runner', 'asset SHA256SUMS', 'publish true']);
  t.deepEqual(discarded, ['app-1']);
});

test('a freeze holds an approved release, with its reason, until it ends', async (t) => {
  const { github } = aGithub();
  const { step, decisions, frozen } = aWorld([passed(1)], { github });
  await step('app-1');
  await decisions.approve({ id: 'app-1', by: 'U2', at: at(1001) });
  frozen.reason = 'the fair';
  t.like(await step('app-1', 2), { state: 'approved', release: { frozenBy: { by: 'U3', reason: 'the fair' } } });
  delete frozen.reason;
  t.is((await step('app-1', 3))?.state, 'released');
});

test('without a token the stage says so and the release ends without GitHub', async (t) => {
  const { step, decisions } = aWorld([passed(1)]);
  await step('app-1');
  await decisions.approve({ id: 'app-1', by: 'U2', at: at(1001) });
  t.like(await step('app-1', 3), { state: 'released', release: { github: { state: 'skipped', why: noGithubLogin } } });
});

test('what GitHub refuses for good fails that part alone, and it can be tried again', async (t) => {
  let refuses = true;
  const { github } = aGithub({
    async latestRelease() {
      if (refuses) throw new UserError('GitHub does not take the token (401).');
      return undefined;
    },
  });
  const { step, decisions, book } = aWorld([passed(1)], { github });
  await step('app-1');
  await decisions.approve({ id: 'app-1', by: 'U2', at: at(1001) });
  t.like(await step('app-1', 3), {
    state: 'releasing',
    release: { github: { state: 'failed', cause: { title: 'GitHub release: GitHub does not take the token (401).' } } },
  });
  t.is(book.get('app-1')?.delivery.thread.at(-1)?.key, 'cause-github.1');
  refuses = false;
  await decisions.tryAgain('app-1', 'github');
  t.like(await step('app-1', 2), { state: 'released', release: { github: { state: 'published', attempt: 2 } } });
});

test('what GitHub may take later is thrown, so that it is tried again', async (t) => {
  const { github } = aGithub({ ensureDraft: async () => Promise.reject(Object.assign(new Error('502'), { retry: true })) });
  const { step, decisions } = aWorld([passed(1)], { github });
  await step('app-1');
  await decisions.approve({ id: 'app-1', by: 'U2', at: at(1001) });
  await step('app-1');
  await t.throwsAsync(step('app-1'), { message: '502' });
});

test('a tag at another commit, and a release that is out already, are clear answers', async (t) => {
  let voting = true;
  const other = aGithub({ tagSha: async () => (voting ? undefined : 'f'.repeat(40)) });
  const published = { state: 'published', ours: false, release: { id: 9, url: 'there', draft: false } } as const;
  const taken = aGithub({ findRelease: async () => (voting ? { state: 'none' } : published) });
  for (const [{ github }, title] of [
    [other, /The tag v1\.2\.3 is at another commit \(fffffff, not 1111111\)/],
    [taken, /v1\.2\.3 has already been released \(there\)\. Bump the version/],
  ] as const) {
    const { step, decisions } = aWorld([passed(1)], { github });
    voting = true;
    await step('app-1');
    await decisions.approve({ id: 'app-1', by: 'U2', at: at(1001) });
    await step('app-1');
    voting = false;
    t.regex((await step('app-1', 2))?.release?.github?.cause?.title ?? '', title);
  }
});

test('a part that failed and that nobody has tried again within a day fails the release', async (t) => {
  const { github } = aGithub({ ensureDraft: async () => Promise.reject(new UserError('no')) });
  const { step, decisions, clock } = aWorld([passed(1)], { github });
  await step('app-1');
  await decisions.approve({ id: 'app-1', by: 'U2', at: at(1001) });
  await step('app-1', 3);
  clock.now = at(1001 + 24 * 3600);
  t.is((await step('app-1'))?.state, 'failed');
});

test('two votes at once are two votes', async (t) => {
  const two = { ...repository, release: { ...release, approvals: { ...release.approvals, votes: 2 } } };
  const { step, decisions, book } = aWorld([passed(1)], { repository: two });
  await step('app-1');
  await Promise.all([
    decisions.approve({ id: 'app-1', by: 'U2', at: at(1001) }),
    t.throwsAsync(decisions.approve({ id: 'app-1', by: 'U2', at: at(1001) })),
  ]);
  t.is(book.get('app-1')?.release?.votes.length, 1);
});

test('a rejection says by whom and why, and ends it', async (t) => {
  const { step, decisions } = aWorld([passed(1)]);
  await step('app-1');
  t.like(await decisions.reject({ id: 'app-1', by: 'U2', at: at(1001) }, 'too slow'), {
    state: 'rejected',
    reason: 'rejected: too slow',
    release: { rejected: { by: 'U2', reason: 'too slow' } },
  });
  await t.throwsAsync(decisions.approve({ id: 'app-1', by: 'U2', at: at(1002) }), { message: /it is rejected/ });
});

test('another attempt at an image has a Job of its own', (t) => {
  const images = [{ name: 'stock', kind: 'image', state: 'waiting', attempt: 2 }] as const;
  const release = { version: '1.2.3', tag: 'v1.2.3', requiredVotes: 1, votes: [], images };
  const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'stock' }, spec: { template: { spec: { containers: [{}] } } } };
  const [made] = stageObjects(passed(1, { release }), { name: 'stock', template: 'makisu', timeout: 1000 }, [job]);
  t.is(made?.metadata.name, 'stock-attempt-2');
});
