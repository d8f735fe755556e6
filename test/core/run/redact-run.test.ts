import test from 'ava';
import { redactor, secretValues } from '../../../src/core/redaction/redactor.ts';
import { redactedRun } from '../../../src/core/run/redact-run.ts';
import type { ReleaseRun } from '../../../src/core/run/release-run.ts';
import type { Run } from '../../../src/core/run/run.ts';
import { RunBook } from '../../../src/core/run/run-book.ts';

const secret = 'hunter2-hunter2';
const redact = redactor([secret]);
const objects = [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' }, data: { PASSWORD: '$(PASSWORD)' } }];
const image = { repository: 'team/app', tag: 'cox-1', digest: 'sha256:1' };

const run: Run = {
  id: 'app-1',
  uid: '0'.repeat(20),
  key: 'k',
  repository: 'app',
  branch: 'main',
  commit: { sha: 'a'.repeat(40), subject: `Use ${secret}`, author: { name: `token=${secret}`, email: 'a@b' } },
  cause: { kind: 'commit' },
  state: 'failed',
  reason: `image: ${secret}`,
  blockedReason: `git says: password ${secret}`,
  stages: [
    { name: 'image', kind: 'image', state: 'passed', objects, image },
    {
      name: 'test',
      kind: 'test',
      state: 'failed',
      objects,
      waitingFor: `pull of https://ada:${secret}@registry/x`,
      progress: { step: { n: 1, of: 2, what: `RUN login ${secret}` }, notes: [secret] },
      cause: {
        kind: 'test',
        title: secret,
        excerpt: [`${Buffer.from(secret).toString('base64')}`, Buffer.from(secret).toString('hex')],
        next: 'x',
      },
    },
  ],
  namespace: 'cox-lab-app-1',
  createdAt: new Date(0).toISOString(),
  revision: 1,
  delivery: { channel: '#ci', thread: [], cleaned: false },
};

test('no text of others keeps a secret, and what is to be created stays as it is', (t) => {
  const clean = redactedRun(run, redact);
  t.notRegex(JSON.stringify(clean), /hunter2|aHVudGVyMi1odW50ZXIy|68756e746572/);
  t.deepEqual(clean.stages[1]?.objects, objects);
  t.is(clean.stages[0], run.stages[0], 'a stage without a secret is the same one');
  t.deepEqual([clean.branch, clean.commit.sha, clean.commit.subject], ['main', 'a'.repeat(40), 'Use [redacted]']);
});

test('a run without secrets is the same run, so that nothing counts as changed', (t) => {
  const clean = redactedRun(run, redact);
  t.is(redactedRun(clean, redact), clean);
});

test('what is said about a release keeps no secret, and what is voted for stays', (t) => {
  const vote = { by: 'U0123ADA', at: run.createdAt };
  const release: ReleaseRun = {
    version: '1.2.3',
    tag: 'v1.2.3',
    requiredVotes: 2,
    votes: [vote],
    changes: [
      { sha: 'b'.repeat(40), subject: `Use ${secret}`, author: secret },
      { sha: 'c'.repeat(40), subject: 'Say hello' },
    ],
    notes: `Log in with ${secret}.`,
    problem: secret,
    rejected: { ...vote, reason: `it holds ${secret}` },
    frozenBy: { by: 'U0456LIN', reason: secret },
    github: { state: 'failed', why: secret, cause: { kind: 'github', title: secret, excerpt: [secret], next: secret } },
  };
  const clean = redactedRun({ ...run, release }, redact);
  t.notRegex(JSON.stringify(clean.release), /hunter2/);
  t.like(clean.release, { tag: 'v1.2.3', votes: [vote], rejected: vote, notes: 'Log in with [redacted].' });
  t.is(clean.release?.changes?.[1], release.changes?.[1], 'a change without a secret is the same one');
  t.is(redactedRun(clean, redact), clean);
});

test('the book saves and tells no secrets', async (t) => {
  const saved: Run[] = [];
  const saves = { saveRun: async (one: Run) => void saved.push(one), nextNumber: async () => 1 };
  const book = new RunBook({ saves, runs: [], now: () => new Date(0), uid: () => run.uid, redact, log: (message) => t.fail(message) });
  const { repository, branch, commit, cause, stages } = run;
  await book.add({ repository, branch, commit, cause, stages, short: 'app', instance: 'lab', channel: '#ci' });
  await book.change('app-1', (now) => ({ ...now, blockedReason: secret }));
  const { revision } = await book.change('app-1', (now) => ({ ...now, delivery: { ...now.delivery, cleaned: true } }));
  t.is(revision, 2, 'what was delivered is no change of the run');
  t.notRegex(JSON.stringify([saved, book.all()]), /hunter2/);
});

test('a book that was told of no secrets still knows those of a known shape', async (t) => {
  const saves = { saveRun: async () => {}, nextNumber: async () => 1 };
  const book = new RunBook({ saves, runs: [run], now: () => new Date(0), uid: () => run.uid, log: (message) => t.fail(message) });
  const { blockedReason: trouble } = await book.change('app-1', (now) => ({ ...now, blockedReason: `remote: ghp_${'a1'.repeat(18)}` }));
  t.is(trouble, 'remote: [redacted]');
});

test('names of users are no secrets, but a user that may be a token is', (t) => {
  const tokens = { slackBotToken: 'xoxb-1', slackAppToken: 'xapp-1', gitPassword: 'p', registryPassword: 'q' };
  t.deepEqual(secretValues({ ...tokens, gitUsername: 'git', registryUsername: 'admin' }), ['xoxb-1', 'xapp-1', 'p', 'q']);
  const outside = { quay: { username: 'robot', password: 'r' } };
  t.deepEqual(secretValues({ outside } as object), ['r'], 'also of what has several');
  t.true(secretValues({ ...tokens, gitUsername: 'x'.repeat(40) }).includes('x'.repeat(40)));
});

test('a secret is known as chat and HTML write it', (t) => {
  t.is(redactor(['a<b&c>d-12345'])('it is a&lt;b&amp;c&gt;d-12345.'), 'it is [redacted].');
});
