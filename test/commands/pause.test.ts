import test from 'ava';
import { UserError } from '../../src/core/errors.ts';
import { askedAt, bot } from './pipeline.ts';

const at = askedAt.toISOString();
const byAda = { by: 'U0123ADA', at };

const refused = test.macro(async (t, before: readonly string[], text: string, message: RegExp, user?: string) => {
  const { say, done } = bot();
  for (const one of before) await say(one);
  const count = done.length;
  const error = await t.throwsAsync(say(text, user), { instanceOf: UserError });
  t.regex(error.message, message);
  t.is(done.length, count, 'nothing was done');
});

test('a pause is kept with who, when and why, and answered by what the status then says', async (t) => {
  const { say, done } = bot();
  const paused = { repository: 'studio-go-runner', ...byAda, reason: 'the "big" move' };
  t.like(await say('pause runner the "big" move'), { kind: 'status', repositories: [{ name: 'studio-go-runner', paused }] });
  t.deepEqual(done, [{ pause: paused }]);
  t.like(await say('status tools'), { repositories: [{ name: 'tools', paused: undefined }] });
});

test('a pause needs no reason', async (t) => {
  const { say, done } = bot();
  await say('pause tools');
  t.deepEqual(done, [{ pause: { repository: 'tools', ...byAda } }]);
});

test('resume polls it again, and says so', async (t) => {
  const { say, done } = bot();
  await say('pause runner');
  t.regex(JSON.stringify(await say('resume Runner')), /`studio-go-runner` is being polled again\./);
  t.deepEqual(done.at(-1), { resume: 'studio-go-runner' });
});

test('who is no operator pauses nothing', refused, [], 'pause tools', /operators/, 'U0456LIN');
test('nor resumes', refused, ['pause tools'], 'resume tools', /operators/, 'U0456LIN');
test('pause needs a repository', refused, [], 'pause', /pause <repository> \[reason…\]/);
test('an unknown repository is not paused', refused, [], 'pause tool the move', /no repository `tool`. Did you mean `tools`\?/);
test('nor resumed', refused, [], 'resume tool', /no repository `tool`. Did you mean `tools`\?/);
test(
  'what is paused is not paused again: who, when and why are said',
  refused,
  ['pause tools the move'],
  'pause tools lunch',
  new RegExp(`^\`tools\` has been paused by <@U0123ADA> since ${at} \\(the move\\). To give another reason, say \`resume tools\` first.$`),
);
test('what is not paused is not resumed', refused, [], 'resume tools', /^`tools` is not paused\.$/);
test(
  'and what is paused instead is said',
  refused,
  ['pause runner'],
  'resume tools',
  /^`tools` is not paused\. Paused: `studio-go-runner`\.$/,
);
test('a reason that is too long pauses nothing', refused, [], `pause tools ${'x'.repeat(1_001)}`, /at most 1000 characters/);

test('what is no longer configured can be resumed, and cannot be paused', async (t) => {
  const { say, done } = bot(undefined, [{ repository: 'gone', ...byAda }]);
  await t.throwsAsync(say('pause gone'), { message: /There is no repository `gone`/ });
  const reply = await say('resume gone');
  t.deepEqual(reply, { kind: 'text', text: '`gone` is no longer paused. It is not configured any more, so it is not polled.' });
  t.deepEqual(done, [{ resume: 'gone' }]);
  await t.throwsAsync(say('resume gone'), { message: /There is no repository `gone`/ });
});

test('both are decisions, which the audit keeps', (t) => {
  const { list } = bot();
  t.deepEqual(
    list.filter(({ name }) => ['pause', 'resume'].includes(name)).map(({ access, audited }) => [access, audited]),
    [
      ['operator', true],
      ['operator', true],
    ],
  );
});
