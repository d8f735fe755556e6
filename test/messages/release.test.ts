import test from 'ava';
import { canDecide } from '../../src/core/run/allowed.ts';
import type { Run } from '../../src/core/run/run.ts';
import { causeMessage } from '../../src/messages/cause.ts';
import { requestMessage } from '../../src/messages/request.ts';
import { runMessage } from '../../src/messages/run.ts';
import { runDetails, runLine } from '../../src/messages/runs.ts';
import { readable, refusals } from './block-limits.ts';
import { open, released, releases, releaseView } from './releases.ts';

for (const [what, run] of Object.entries(releases)) {
  test(`a release that ${what} reads like this`, (t) => {
    const message = runMessage(run, releaseView);
    t.snapshot(readable(message));
    t.deepEqual(refusals(message), []);
  });
}

const saying = (run: Run) => readable(runMessage(run, releaseView));
const blocksOf = (run: Run) => JSON.stringify(runMessage(run, releaseView).blocks);

test('the call for votes rings those who may approve, and says what they would release', (t) => {
  const message = requestMessage(releases['waits for its first vote'], releaseView);
  t.snapshot(readable(message));
  t.deepEqual(refusals(message), []);
});

test('a call for votes that comes after the decision rings nobody', (t) => {
  for (const what of ['is approved', 'was rejected', 'is out'] as const) {
    const said = readable(requestMessage(releases[what], releaseView));
    t.notRegex(said, /<[@!]/, what);
    t.regex(said, /Approval of v0\.14\.3 was requested here/, what);
  }
});

test('the message of a run rings no approver', (t) => {
  t.notRegex(saying(releases['waits for its first vote']), /<@|subteam/);
});

test('people may decide exactly where a decision would be taken, and the words carry what they saw', (t) => {
  for (const [what, run] of Object.entries(releases)) t.is(saying(run).includes('→ approve '), canDecide(run), what);
  const said = saying(releases['waits for its first vote']);
  for (const word of ['approve', 'reject', 'notes']) t.true(said.includes(`→ ${word} runner-142 3f2a1bc v0.14.3`), word);
  t.notRegex(said, /→ cancel/);
});

test('approving asks first; rejecting and editing open a form', (t) => {
  const blocks = blocksOf(releases['waits for its first vote']);
  t.regex(blocks, /"action_id":"approve"[^}]*}[^}]*"style":"primary","confirm"/);
  t.regex(blocks, /"action_id":"ask:reject"/);
  t.regex(blocks, /"action_id":"ask:notes"/);
});

test('notes can be edited only where there will be a GitHub release', (t) => {
  const { github: _, ...images } = releaseView.release ?? { approvers: [], images: [] };
  t.notRegex(readable(runMessage(releases['waits for its first vote'], { ...releaseView, release: images })), /→ notes/);
});

test('each part that failed has its own retry', (t) => {
  t.regex(saying(releases['has a failed image']), /\[Retry release-azure → retry runner-142 release-azure\]/);
  t.regex(saying(releases['failed on GitHub']), /\[Retry GitHub → retry runner-142 github\]/);
  t.notRegex(saying(releases['builds its images']), /→ retry/);
});

test('a confirmation of a long tag is within the limits of Slack', (t) => {
  const tag = `v${'1'.repeat(127)}`;
  t.deepEqual(refusals(runMessage(released('passed', { ...open, tag }), { ...releaseView, title: 'x'.repeat(400) })), []);
});

test('more changes than are kept are not counted', (t) => {
  const changes = Array.from({ length: 50 }, (_unused, n) => ({ sha: String(n).padStart(40, '0'), subject: 'x' }));
  t.regex(saying(released('passed', { ...open, changes })), /50 or more changes since .*\n[\s\S]*and 45 or more others/);
});

test('where nobody may approve, that is said', (t) => {
  const view = { ...releaseView, release: { approvers: [], images: [] } };
  t.regex(readable(runMessage(releases['waits for its first vote'], view)), /⚠ nobody can approve: `people\.approvers` is empty/);
});

test('the cause of a failed part stands in the thread', (t) => {
  const { cause } = releases['failed on GitHub'].release?.github ?? {};
  const message = causeMessage(releases['failed on GitHub'], { name: 'GitHub', ...(cause && { cause }) }, releaseView);
  t.regex(
    readable(message),
    /✗ \*GitHub\* failed: GitHub release: GitHub does not take the token \(401\)\.[^\n]*\n\*Next:\* Renew the token\./,
  );
});

test('a draft that is left on GitHub is said where the release does not go on, and nowhere else', (t) => {
  const draft = 'https://github.com/leaf-ai/studio-go-runner/releases/tag/untagged-1f';
  const withDraft = (what: keyof typeof releases): Run => {
    const run: Run = releases[what];
    return { ...run, ...(run.release?.github && { release: { ...run.release, github: { ...run.release.github, draft } } }) };
  };
  const line = `A <${draft}|draft of v0.14.3> is still on GitHub; a retry continues with it, otherwise delete it there.`;
  for (const what of ['failed on GitHub', 'failed and was left alone'] as const) {
    t.true(saying(withDraft(what)).includes(line), what);
    t.notRegex(saying(releases[what]), /is still on GitHub/, what);
    t.deepEqual(refusals(runMessage(withDraft(what), releaseView)), []);
  }
  for (const what of ['uploads its files', 'is out'] as const) t.notRegex(saying(withDraft(what)), /is still on GitHub/, what);
});

test('a GitHub release that never began waits for nothing when the release has failed', (t) => {
  const failed: Run = { ...releases['builds its images'], state: 'failed', reason: '`acme/app:0.14.3` is already in the registry.' };
  t.regex(saying(failed), /failed while being released as v0\.14\.3[\s\S]*`acme\/app:0\.14\.3` is already in the registry/);
  t.notRegex(saying(failed), /GitHub release\* waiting/);
  t.regex(saying(releases['builds its images']), /GitHub release\* waiting/);
});

test('a list of runs says where releases stand, and rings nobody', (t) => {
  t.snapshot(Object.values(releases).map(runLine).join('\n'));
  t.notRegex(Object.values(releases).map(runLine).join('\n'), /<@/);
});

test('who asks for a run sees who may approve it', (t) => {
  t.regex(readable(runDetails(releases['waits for its first vote'], releaseView)), /\*approvers:\* `U0456LIN` `U0789MAX` `S0123REL`/);
});
