import test from 'ava';
import { answerTo } from '../../../../src/clients/slack/inbound/answer.ts';
import { cleaned } from '../../../../src/clients/slack/outbound/redact.ts';
import { slackRunMessages } from '../../../../src/clients/slack/outbound/run-messages.ts';
import type { RepositoryStatus } from '../../../../src/core/command/command.ts';
import { UserError } from '../../../../src/core/errors.ts';
import { redactor } from '../../../../src/core/redaction/redactor.ts';
import { aRun, view } from '../../../messages/runs.ts';
import { logBook, slackFor, tokens } from '../world.ts';

const secret = 'hunter<2>&hunter';
const redact = redactor([secret]);
const asked = { user: 'U0123ADA', channel: 'C0123CICD', key: 'k', at: new Date(0) };
const leaks = /hunter/;

test('a run is shown without secrets, whoever wrote them', async (t) => {
  const { url, slack } = await slackFor(t);
  const board = slackRunMessages({ token: tokens.bot, apiUrl: url, instance: 'lab', viewOf: () => view, log: logBook(), redact });
  const commit = { sha: 'a'.repeat(40), subject: `Use ${secret}`, author: { name: secret, email: 'x@y' } };
  const cause = { kind: 'test', title: `It said ${secret}`, excerpt: [secret], next: `Change ${secret}` };
  const run = aRun({ branch: secret, commit, blockedReason: secret, stages: [{ name: 'image', kind: 'image', state: 'failed', cause }] });
  const at = await board.post(run);
  await board.update(run, at);
  await board.reply(run, at, { key: 'cause-image', kind: 'cause', stage: 'image', state: 'pending' });
  t.is(slack.replies(at.ts).length, 1);
  t.notRegex(JSON.stringify([slack.messages('ci'), slack.replies(at.ts)]), leaks);
});

test('what a server said of a poll is told without secrets', async (t) => {
  const lastPoll = { at: new Date(0).toISOString(), error: `git says: remote: no such password ${secret}` };
  const repositories: RepositoryStatus[] = [{ name: 'app', branches: [], busy: [], lastPoll }];
  const answers = { answer: async () => ({ kind: 'status', repositories }) as const, viewOf: () => view, log: logBook(), redact };
  t.notRegex(JSON.stringify(await answerTo(answers, 'status', asked)), leaks);
});

test('an error is told without secrets, and without those of a known shape where none are known', async (t) => {
  const answer = async () => {
    throw new UserError(`The server refuses ${secret} and ghp_${'a1'.repeat(18)}`);
  };
  const told = JSON.stringify(await answerTo({ answer, viewOf: () => view, log: logBook(), redact }, 'run', asked));
  t.notRegex(told, leaks);
  t.notRegex(JSON.stringify(await answerTo({ answer, viewOf: () => view, log: logBook() }, 'run', asked)), /ghp_/);
});

test('a button keeps its words', async (t) => {
  const { blocks } = await answerTo(
    { answer: async () => ({ kind: 'run', run: aRun() }) as const, viewOf: () => view, log: logBook(), redact: redactor(['runner-142']) },
    'status runner-142',
    asked,
  );
  t.regex(JSON.stringify(blocks), /"value":"cancel runner-142"/);
});

test('halves of characters leave in no text that is shown', (t) => {
  const half = 'a\ud83d';
  const { text, blocks } = cleaned({ text: half, blocks: [{ type: 'section', text: { type: 'mrkdwn', text: half } }] }, redact);
  t.is(text, 'a\ufffd');
  t.like(blocks[0], { text: { text: 'a\ufffd' } });
});
