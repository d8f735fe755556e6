import test from 'ava';
import type { AuditEntry } from '../../src/core/command/audit.ts';
import type { Reply } from '../../src/core/command/command.ts';
import { causeMessage } from '../../src/messages/cause.ts';
import { errorMessage, replyMessage } from '../../src/messages/reply.ts';
import { requestMessage } from '../../src/messages/request.ts';
import { runMessage } from '../../src/messages/run.ts';
import { viewOf } from '../../src/messages/view.ts';
import { withoutMentions } from '../../src/messages/without-mentions.ts';
import { markup, refusals } from './block-limits.ts';
import { dice, hostileRun, hostileText, hostileVersion, hostileView } from './hostile.ts';
import { view } from './runs.ts';

/** What may stand between < and > : our own dates, and links to web pages. People are mentioned only where their id is one. */
const ours = /<!date\^\d+\^[^<>|]*\|[^<>|]*>|<https?:\/\/[^<>|\s]+\|[^<>|]+>/g;

/** What is wrong with a text as Slack would read it. */
function dangers(text: string): string[] {
  const rest = text.replaceAll(ours, '');
  const fences = text.split('```').length - 1;
  return [
    ...(/[<>]/.test(rest) ? [`a mention or link from outside: ${rest}`] : []),
    ...(/&(?!amp;|lt;|gt;)/.test(rest) ? [`a bare or cut entity: ${rest}`] : []),
    ...(fences !== 0 && fences !== 2 ? [`a fence that does not end where it should: ${text}`] : []),
    ...(fences === 2 && !(text.startsWith('```\n') && text.endsWith('\n```')) ? [`text beside a fence: ${text}`] : []),
    ...(text.isWellFormed() ? [] : ['half a character']),
  ];
}

function hostileEntry(text: () => string): AuditEntry {
  return { at: text(), by: text(), channel: text(), said: text(), outcome: 'refused', why: text() };
}

const config = {
  repositories: [],
  registry: { push: 'a:1', pull: 'a:2', api: 'http://a:1' },
  people: { operators: [], approvers: [], emails: {} },
};
const shown = viewOf(config, () => view.now);

test('whatever a run holds, its message rings nobody, breaks out of nothing and is within the limits of Slack', (t) => {
  for (let seed = 0; seed < 150; seed += 1) {
    const roll = dice(seed);
    const run = hostileRun(roll);
    const view = { ...shown(run), release: hostileView(roll) };
    for (const message of [runMessage(run, view), requestMessage(run, view)]) {
      t.deepEqual(refusals(message), [], `seed ${seed}`);
      t.deepEqual(markup(message).flatMap(dangers), [], `seed ${seed}`);
    }
  }
});

test('whatever a log holds, the message of a cause rings nobody and its fence holds', (t) => {
  for (let seed = 0; seed < 60; seed += 1) {
    const run = hostileRun(dice(seed));
    for (const stage of run.stages.slice(0, 2)) {
      const message = causeMessage(run, stage, { people: {} });
      t.deepEqual(refusals(message), [], `seed ${seed}`);
      t.deepEqual(markup(message).flatMap(dangers), [], `seed ${seed}`);
    }
  }
});

test('whatever was asked and found, the answer rings nobody and is within the limits of Slack', (t) => {
  for (let seed = 0; seed < 30; seed += 1) {
    const roll = dice(seed);
    const run = hostileRun(roll);
    const text = () => hostileText(roll);
    const status = { name: text(), branches: [{ name: text(), sha: text() }], lastPoll: { at: text(), error: text() }, busy: [run, run] };
    const paused = { repository: text(), by: text(), at: text(), reason: text() };
    const replies: Reply[] = [
      { kind: 'text', text: text() },
      { kind: 'started', run, isNew: false },
      { kind: 'runs', title: text(), runs: Array.from({ length: 40 }, () => hostileRun(roll)), more: 3 },
      { kind: 'run', run },
      { kind: 'status', repositories: Array.from({ length: 20 }, () => status) },
      { kind: 'status', repositories: [{ ...status, paused }] },
      { kind: 'logs', run, stage: text(), lines: Array.from({ length: roll(200) }, text), total: 9 },
      { kind: 'unknown', word: text() },
      { kind: 'voted', run, complete: false, missing: 3 },
      { kind: 'rejected', run },
      { kind: 'asks', what: 'notes', run, says: text(), text: text() },
      { kind: 'asks', what: 'reason', run, says: text(), text: '' },
      { kind: 'frozen', freezes: Array.from({ length: 30 }, () => ({ repository: text(), reason: text(), by: text(), at: text() })) },
      { kind: 'version', report: hostileVersion(roll) },
      { kind: 'audit', of: text(), entries: Array.from({ length: 30 }, () => hostileEntry(text)) },
    ];
    // Sentences about who may do what name people to the one who asked, which rings nobody; in a thread, where it would, they do not.
    const whoami = replyMessage({ kind: 'whoami', user: text(), operator: true, why: text() }, shown);
    const sentences = [whoami, errorMessage(text()), errorMessage(hostileText(roll))].map(withoutMentions);
    for (const message of [...replies.map((reply) => replyMessage(reply, shown)), ...sentences]) {
      t.deepEqual(refusals(message), [], `seed ${seed}`);
      t.deepEqual(markup(message).flatMap(dangers), [], `seed ${seed}`);
    }
  }
});
