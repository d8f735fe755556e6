import test from 'ava';
import { redacted } from '../../src/clients/slack/outbound/redact.ts';
import type { Reply } from '../../src/core/command/command.ts';
import { section } from '../../src/messages/blocks.ts';
import { causeMessage } from '../../src/messages/cause.ts';
import { fits, mostBytes } from '../../src/messages/fit.ts';
import { errorMessage, replyMessage } from '../../src/messages/reply.ts';
import { requestMessage } from '../../src/messages/request.ts';
import { runMessage } from '../../src/messages/run.ts';
import { viewOf } from '../../src/messages/view.ts';
import { withoutMentions } from '../../src/messages/without-mentions.ts';
import { computing } from '../fixtures/computing.ts';
import { refusals } from './block-limits.ts';
import { dice, hostileRun, hostileText, hostileView } from './hostile.ts';
import { aCommand } from './replies.ts';
import { aRun, built, notBuilt, testing, view } from './runs.ts';

const config = {
  repositories: [],
  registry: { push: 'a:1', pull: 'a:2', api: 'http://a:1' },
  people: { operators: [], approvers: [], emails: {} },
} as unknown as Parameters<typeof viewOf>[0];
const shown = viewOf(config, () => view.now);
const same = (text: string) => text;

/** Characters that take one, two, three and four bytes, and those that are written as entities. */
const letters = ['a', 'é', '漢', '🚢', '&', '"', '`'];
const long = (letter: string, count = 3_000) => letter.repeat(count);

function runOf(letter: string) {
  const text = long(letter);
  const cause = { kind: 'x', title: text, excerpt: Array.from({ length: 100 }, () => text), next: text };
  const stages = Array.from({ length: 40 }, (_, at) => {
    const stage = [built, notBuilt, testing][at % 3] ?? built;
    return { ...stage, name: text, phase: text, waitingFor: text, cause, progress: { notes: [text, text, text] } };
  });
  const commit = { sha: 'a'.repeat(40), subject: text, author: { name: text, email: text } };
  const refusals = Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`x${at}`, text]));
  const changes = Array.from({ length: 200 }, () => ({ sha: text, subject: text, author: text }));
  const votes = Array.from({ length: 30 }, () => ({ by: text, at: text }));
  const release = { version: text, tag: text, openedAt: '2026-11-24T14:09:02Z', requiredVotes: 40, votes, changes, previous: text };
  const more = { commit, stages, refusals, release, branch: text, reason: text, blockedReason: text, versionProblem: text };
  return aRun({ ...more, state: 'passed', delivery: { channel: '#ci', thread: [], cleaned: false } });
}

/** More than fit into a message, of whatever there are. */
const many = 100;

function repliesOf(letter: string): Reply[] {
  const text = long(letter);
  const run = runOf(letter);
  const branches = Array.from({ length: 30 }, () => ({ name: text, sha: text }));
  const status = { name: text, branches, lastPoll: { at: text, error: text }, busy: Array.from({ length: 9 }, () => run) };
  const paused = { repository: text, by: text, at: text, reason: text };
  const entry = { at: text, by: text, channel: text, said: text, outcome: 'refused' as const, why: text };
  const freeze = { repository: text, reason: text, by: text, at: text };
  return [
    { kind: 'text', text },
    { kind: 'runs', title: text, runs: Array.from({ length: many }, () => run), more: 7 },
    { kind: 'run', run },
    { kind: 'status', repositories: Array.from({ length: many }, () => status) },
    { kind: 'status', repositories: Array.from({ length: many }, () => ({ ...status, paused })) },
    { kind: 'logs', run, stage: text, lines: Array.from({ length: many }, () => text), total: 400, cause: run.stages[0]?.cause as never },
    { kind: 'asks', what: 'notes', run, says: text, text: long(`${letter}\n`) },
    { kind: 'frozen', freezes: Array.from({ length: many }, () => freeze) },
    { kind: 'audit', entries: Array.from({ length: many }, () => entry) },
    { kind: 'help', commands: Array.from({ length: 60 }, () => aCommand({ usage: long(letter, 300), summary: long(letter, 300) })) },
    { kind: 'help', commands: [aCommand({ examples: Array.from({ length: 90 }, () => long(letter, 300)) })] },
  ];
}

test('no answer and no message is longer than Slack takes, whatever is in it', (t) => {
  for (const letter of letters) {
    const run = runOf(letter);
    const wide = { ...shown(run), release: hostileView(dice(1)) };
    const failed = run.stages[1] ?? { name: '' };
    const sent = [
      ...repliesOf(letter).map((reply) => replyMessage(reply, shown)),
      ...[runMessage(run, wide), requestMessage(run, wide), causeMessage(run, failed, wide), errorMessage(long(letter))],
    ];
    for (const [index, message] of sent.entries()) {
      for (const made of [redacted(message, same), redacted(message, (text) => text.replaceAll(letter, `${letter}[redacted]`))]) {
        t.true(fits(made.blocks), `${letter} ${index}: ${Buffer.byteLength(JSON.stringify(made.blocks))}`);
        t.deepEqual(refusals(made), [], `${letter} ${index}`);
        t.true(JSON.stringify(withoutMentions(made).blocks).length < 13_200);
      }
    }
  }
});

test('a message of ever so many short lines fits at once', (t) => {
  const blocks = Array.from({ length: 50 }, () => section(Array.from({ length: 1_450 }, (_, at) => String(at % 10)).join('\n')));
  let made = { text: '', blocks };
  const ms = computing(() => {
    made = redacted(made, same);
  });
  t.true(ms < 2_000, `${ms} ms`);
  t.true(fits(made.blocks));
  const shownLines = JSON.stringify(made.blocks);
  const left = [...shownLines.matchAll(/… (\d+) more lines/g)].reduce((sum, [, count]) => sum + Number(count), 0);
  t.is(left + [...shownLines.matchAll(/(?<=\\n|")\d(?=\\n|")/g)].length, 50 * 1_450);
  t.true(Buffer.byteLength(shownLines) > 0.8 * mostBytes);
});

test('hostile runs fit too', (t) => {
  for (let seed = 0; seed < 60; seed += 1) {
    const roll = dice(seed);
    const run = hostileRun(roll);
    const made = redacted(runMessage(run, { ...shown(run), release: hostileView(roll) }), same);
    t.true(fits(made.blocks), String(seed));
    t.deepEqual(refusals(made), []);
  }
  t.true(hostileText(dice(1)).length > 0);
});

const fleet = (count: number) =>
  Array.from({ length: count }, (_, at) => ({
    name: `repository-${at}`,
    branches: [{ name: 'main', sha: 'abcdef0' }],
    busy: [],
    last: aRun(),
  }));

test('forty repositories are all shown, and of four hundred as many as fit, with how to see the rest', (t) => {
  const forty = JSON.stringify(redacted(replyMessage({ kind: 'status', repositories: fleet(40) }, shown), same).blocks);
  t.regex(forty, /repository-39/);
  const many = redacted(replyMessage({ kind: 'status', repositories: fleet(400) }, shown), same);
  const size = Buffer.byteLength(JSON.stringify(many.blocks));
  t.true(size > mostBytes - 600 && size <= mostBytes, String(size));
  const names = JSON.stringify(many.blocks).match(/\*repository-\d+\*/g)?.length ?? 0;
  t.regex(JSON.stringify(many.blocks), new RegExp(`… and ${400 - names} more repositories; \`/cox status &lt;repository&gt;\` shows one`));
});

test('the buttons, the head and the way out stay where lines are left out', (t) => {
  const long = runOf('漢');
  const run = { ...long, release: long.release && { ...long.release, tag: 'v1.2.3', version: '1.2.3' } } as typeof long;
  const made = redacted(runMessage(run, { ...shown(run), release: hostileView(dice(3)) }), same);
  t.is(made.blocks.at(-1)?.type, 'actions');
  t.regex(JSON.stringify(made.blocks[0]), /runner-142/);
  t.regex(JSON.stringify(made.blocks), /… \d+ more lines?/);
});

test('a log that is too long for a message is a file beside it', (t) => {
  const lines = Array.from({ length: 400 }, (_, at) => `${at} ${'漢'.repeat(90)}`);
  const made = replyMessage({ kind: 'logs', run: aRun(), stage: 'image', lines, total: 400 }, shown);
  t.true(fits(made.blocks));
  t.regex(JSON.stringify(made.blocks), /399 漢/);
  t.is(made.file?.text.split('\n').length, 400);
});
