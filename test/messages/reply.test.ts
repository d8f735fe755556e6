import test from 'ava';
import { causeMessage } from '../../src/messages/cause.ts';
import { errorMessage, replyMessage } from '../../src/messages/reply.ts';
import { readable, refusals } from './block-limits.ts';
import { replies } from './replies.ts';
import { aRun, inState, notBuilt, view } from './runs.ts';

for (const [name, reply] of Object.entries(replies)) {
  test(`the reply "${name}" reads like this`, (t) => {
    const message = replyMessage(reply, () => view);
    t.snapshot(readable(message));
    t.deepEqual(refusals(message), []);
  });
}

test('the cause of a failure reads like this', (t) => {
  const message = causeMessage(inState.failed, notBuilt, { people: {} });
  t.snapshot(readable(message));
  t.deepEqual(refusals(message), []);
});

test('a failure without a known cause says so', (t) => {
  const { cause: _, ...bare } = notBuilt;
  t.regex(readable(causeMessage(aRun(), bare, { people: {} })), /No cause was found/);
});

test('a log too long for a message shows its end and goes whole into a file below the run', (t) => {
  const lines = Array.from({ length: 900 }, (_, n) => `${n + 1} ${'x'.repeat(60)}`);
  const at = { channel: 'C1', ts: '1.2' };
  const posted = aRun({ delivery: { ...aRun().delivery, message: { state: 'posted', ...at, revision: 1 } } });
  const message = replyMessage({ kind: 'logs', run: posted, stage: 'image', lines, total: 2000 }, () => view);
  t.deepEqual(message.file, { name: 'runner-142-image.log', text: lines.join('\n'), thread: at });
  t.deepEqual(refusals(message), []);
  t.regex(readable(message), /\n… \d+ more lines above\n/);
  t.regex(readable(message), /\n900 x+\n```$/);
});

test('a short log is all there', (t) => {
  const reply = { kind: 'logs', run: aRun(), stage: 'image', lines: ['a', 'b'], total: 2 } as const;
  t.is(replyMessage(reply, () => view).text, '*image* of *runner-142*: all 2 lines');
});

test('an error is shown in its own words, and mentions nobody', (t) => {
  const message = errorMessage('There is no run `<!channel>`.');
  t.is(message.text, 'There is no run `&lt;!channel&gt;`.');
  t.deepEqual(refusals(message), []);
});

test('who wrote the commit is rung for a failure, where the configuration knows the e-mail', (t) => {
  const email = inState.failed.commit.author?.email ?? '';
  t.regex(readable(causeMessage(inState.failed, notBuilt, { people: { [email]: 'U0123ADA' } })), /<@U0123ADA>/);
});
