import test from 'ava';
import type { Command, Invocation, Reply } from '../../../src/core/command/command.ts';
import { dispatch } from '../../../src/core/command/dispatch.ts';
import { UserError } from '../../../src/core/errors.ts';
import { type MembershipCheck, NotAnswered } from '../../../src/core/people/membership.ts';
import type { Roles } from '../../../src/core/people/roles.ts';
import { aRun } from '../../pipeline/world.ts';
import { keptAudit } from '../kept-audit.ts';
import { allMembers } from '../known-people.ts';

const origin = { user: 'U0123ADA', channel: 'C1', key: 'k1', at: new Date(0) };
const onlyAda = async (user: string) => ({ allowed: user === 'U0123ADA', why: 'only Ada is' });
const operatorsOnly: Roles = { operator: onlyAda, approver: onlyAda };
const known = { roles: operatorsOnly, membership: allMembers };

/** A door with three commands that remember what they were asked. */
function door() {
  const asked: Invocation[] = [];
  const command = (name: string, usage: string, access: Command['access']): Command => ({
    name,
    usage,
    summary: '',
    access,
    async run(ask) {
      asked.push(ask);
      return { kind: 'text', text: name };
    },
  });
  const list = [
    command('run', 'run <repository> [branch]', 'operator'),
    command('logs', 'logs <run>', 'anyone'),
    command('help', 'help', 'anyone'),
  ];
  return { say: dispatch(list, known), asked };
}

test('the words after the command reach it as they were typed', async (t) => {
  const { say, asked } = door();
  await say('RUN Tools "Feature/X"', origin);
  t.deepEqual(asked, [{ ...origin, words: ['Tools', 'Feature/X'], typed: 'RUN Tools "Feature/X"' }]);
});

test('nothing said is a call for help', async (t) => {
  t.deepEqual(await door().say('  ', origin), { kind: 'text', text: 'help' });
});

test('an unknown word gets a suggestion where one is near', async (t) => {
  t.deepEqual(await door().say('lgos runner-1', origin), { kind: 'unknown', word: 'lgos', suggestion: 'logs' });
  t.deepEqual(await door().say('deploy', origin), { kind: 'unknown', word: 'deploy' });
});

const refuses = test.macro(async (t, text: string, user: string, message: RegExp) => {
  const { say, asked } = door();
  await t.throwsAsync(say(text, { ...origin, user }), { instanceOf: UserError, message });
  t.deepEqual(asked, []);
});

test(
  'what is for operators is refused to others, with the reason',
  refuses,
  'run tools',
  'U2',
  /`run` is for operators, and you are not one: only Ada is\./,
);
test('access is checked before words', refuses, 'run', 'U2', /for operators/);
test('a word that is missing is asked for', refuses, 'run', 'U0123ADA', /`run` needs <repository>\. Usage: `run <repository> \[branch\]`/);
test('a word too many is not dropped', refuses, 'run my repo main', 'U0123ADA', /`run` does not take `main`/);

/** A command that decides and ends as it is told to, with what the audit holds of it. */
function audited(end: () => Promise<Reply>) {
  const { entries, audit } = keptAudit();
  const freeze: Command = {
    name: 'freeze',
    usage: 'freeze [repository] <reason…>',
    summary: '',
    access: 'operator',
    audited: true,
    run: end,
  };
  const read: Command = { ...freeze, name: 'read', usage: 'read [run]' };
  const { audited: _, ...reads } = read;
  return { entries, say: dispatch([freeze, reads], { ...known, audit }) };
}

test('each decision is written down with its end, and what decides nothing is not', async (t) => {
  let end: () => Promise<Reply> = async () => ({ kind: 'text', text: 'done' });
  const { entries, say } = audited(() => end());
  await say('freeze runner-1 "two\nlines"', origin);
  await say('read runner-1', origin);
  end = () => Promise.reject(new UserError('Not now.'));
  await t.throwsAsync(say('freeze x', origin));
  end = () => Promise.reject(new Error('disk full'));
  await t.throwsAsync(say('freeze x', origin));
  await t.throwsAsync(say('freeze x', { ...origin, user: 'U2' }));
  const common = { at: '1970-01-01T00:00:00.000Z', by: 'U0123ADA', channel: 'C1' };
  t.deepEqual(entries, [
    { ...common, said: 'freeze runner-1 two lines', run: 'runner-1', outcome: 'done' },
    { ...common, said: 'freeze x', outcome: 'refused', why: 'Not now.' },
    { ...common, said: 'freeze x', outcome: 'failed', why: 'disk full' },
    { ...common, by: 'U2', said: 'freeze x', outcome: 'refused', why: '`freeze` is for operators, and you are not one: only Ada is.' },
  ]);
});

test('a decision is of a run where its words name one: the number at the beginning of a reason is none', async (t) => {
  const { entries, audit } = keptAudit();
  const run = async (): Promise<Reply> => ({ kind: 'text', text: 'done' });
  const deciding = (usage: string): Command => ({
    name: usage.split(' ')[0] ?? '',
    usage,
    summary: '',
    access: 'anyone',
    audited: true,
    run,
  });
  const runs = [aRun(7)];
  const known7 = { all: () => runs, get: (id: string) => runs.find((one) => one.id === id) };
  const say = dispatch([deciding('freeze [repository] <reason…>'), deciding('cancel <run>')], { ...known, audit, runs: known7 });
  for (const text of ['freeze 7 days of fair', 'cancel 7']) await say(text, origin);
  t.deepEqual(
    entries.map(({ run: id }) => id),
    [undefined, 'app-7'],
  );
});

test('a command may decide with some words only', async (t) => {
  const { entries, audit } = keptAudit();
  const decides = ([first]: readonly string[]) => first === 'write';
  const run = async (): Promise<Reply> => ({ kind: 'text', text: 'done' });
  const command: Command = { name: 'note', usage: 'note [word]', summary: '', access: 'anyone', audited: decides, run };
  const say = dispatch([command], { ...known, audit });
  for (const text of ['note', 'note read', 'note write']) await say(text, origin);
  t.deepEqual(
    entries.map(({ said }) => said),
    ['note write'],
  );
});

test('who is asked for more has not decided yet', async (t) => {
  const { entries, say } = audited(async () => ({ kind: 'asks', what: 'reason', run: aRun(1), says: 'x', text: '' }));
  await say('freeze x', origin);
  t.deepEqual(entries, []);
});

test('an optional word before one that is needed may be left out', async (t) => {
  const { say } = audited(async () => ({ kind: 'text', text: 'done' }));
  t.deepEqual(await say('freeze incident', origin), { kind: 'text', text: 'done' });
  t.deepEqual(await say('freeze a b c d', origin), { kind: 'text', text: 'done' });
  await t.throwsAsync(say('freeze', origin), { message: /needs <reason…>/ });
});

test('what is for anyone needs no role', async (t) => {
  t.deepEqual(await door().say('logs runner-1', { ...origin, user: 'U2' }), { kind: 'text', text: 'logs' });
});

test('what the audit cannot be told of is not decided; what is done is never told or kept as failed', async (t) => {
  let acts = 0;
  const vote: Command = {
    name: 'approve',
    usage: 'approve <run>',
    summary: '',
    access: 'anyone',
    audited: true,
    run: async () => {
      acts++;
      return { kind: 'text', text: 'voted' };
    },
  };
  const refuse: Command = { ...vote, name: 'reject', usage: 'reject <run>', run: async () => Promise.reject(new UserError('not you')) };
  const full = () => Promise.reject(new Error('ENOSPC'));
  const deaf = dispatch([vote, refuse], { ...known, audit: { begin: full } });
  await t.throwsAsync(deaf('approve app-1', origin), { instanceOf: UserError, message: /^Nothing was done: .*\(ENOSPC\)/ });
  t.is(acts, 0);
  const say = dispatch([vote, refuse], { ...known, audit: { begin: async () => full } });
  await t.throwsAsync(say('approve app-1', origin), { instanceOf: UserError, message: /^It was done, but .*\(ENOSPC\)/ });
  t.is(acts, 1);
  await t.throwsAsync(say('reject app-1', origin), { message: 'not you' });
});

test('who is not answered reaches no command, known or not, and is written down nowhere', async (t) => {
  const { entries, audit } = keptAudit();
  const membership: MembershipCheck = async (user) => (user === 'U2' ? { kind: 'refused', why: 'Not you.' } : { kind: 'nobody' });
  const vote: Command = { name: 'vote', usage: 'vote', summary: '', access: 'anyone', audited: true, run: () => t.fail() as never };
  const say = dispatch([vote], { roles: operatorsOnly, membership, audit });
  for (const text of ['vote', 'nonsense', '', 'x'.repeat(50_000)]) {
    await t.throwsAsync(say(text, { ...origin, user: 'U2' }), { instanceOf: NotAnswered, message: 'Not you.' });
    t.true((await t.throwsAsync(say(text, origin), { instanceOf: NotAnswered }))?.silent);
  }
  t.deepEqual(entries, []);
});

test('who decides is looked up afresh, who only looks is not, and both with what the message says of the workspace', async (t) => {
  const asked: unknown[] = [];
  const membership: MembershipCheck = async (...about) => {
    asked.push(about);
    return { kind: 'member' };
  };
  const read: Command = { name: 'read', usage: 'read', summary: '', access: 'anyone', run: async () => ({ kind: 'text', text: '' }) };
  const say = dispatch([read, { ...read, name: 'vote', audited: true }], { roles: operatorsOnly, membership });
  await say('read', { ...origin, teams: ['T2'] });
  await say('vote', origin);
  t.deepEqual(asked, [
    ['U0123ADA', 'remembered', ['T2']],
    ['U0123ADA', 'remembered', undefined],
    ['U0123ADA', 'fresh', undefined],
  ]);
});

test('an edited message does nothing and is told so alone', async (t) => {
  const { say, asked } = door();
  await t.throwsAsync(say('run x', { ...origin, delivery: 'changed' }), { instanceOf: NotAnswered, message: /^Edits have no effect/ });
  t.deepEqual(asked, []);
});

test('what was interrupted is looked at again, and never decided twice', async (t) => {
  let acts = 0;
  const act = async (): Promise<Reply> => ({ kind: 'text', text: String(++acts) });
  const read: Command = { name: 'read', usage: 'read', summary: '', access: 'anyone', run: act };
  const say = dispatch([read, { ...read, name: 'vote', audited: true }], known);
  t.deepEqual(await say('read', { ...origin, delivery: 'interrupted' }), { kind: 'text', text: '1' });
  await t.throwsAsync(say('vote', { ...origin, delivery: 'interrupted' }), {
    instanceOf: UserError,
    message: /may or may not have been done.*say it again/,
  });
  t.is(acts, 1);
});

const turns = { each: { underWay: 1, perMinute: 2 }, all: { underWay: 1, waiting: 0 }, patience: 50 };

/** A door with a question that many ask, one that each asks alone, a decision, and something light; each ends when it is told so. */
function busy() {
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const command = (name: string, more: Partial<Command> = {}): Command => ({
    name,
    usage: `${name} [word]`,
    summary: '',
    access: 'anyone',
    run: ({ user }) => {
      begun.push(`${name} ${user}`);
      return new Promise((resolve) => ends.push(() => resolve({ kind: 'text', text: `${name} ${user}` })));
    },
    ...more,
  });
  const light = command('light', { light: true, run: async () => ({ kind: 'text', text: 'light' }) });
  const list = [command('version', { shared: true }), command('notes'), command('vote', { audited: true }), light];
  const say = dispatch(list, { ...known, limits: turns });
  return {
    begun,
    end: () => ends.splice(0).forEach((one) => void one()),
    say: (text: string, user: string) => say(text, { ...origin, user }),
  };
}

test('those who ask the same at once share one answer and one turn; other words are another question', async (t) => {
  const { begun, end, say } = busy();
  const all = ['U1', 'U1', 'U2', 'U3'].map((user) => say('version app', user).catch((error: Error) => error.message));
  await new Promise(setImmediate);
  await t.throwsAsync(say('version other', 'U4'), { message: /^Too many other requests/ });
  const late = say('VERSION  app', 'U5');
  await new Promise(setImmediate);
  end();
  t.deepEqual(await late, { kind: 'text', text: 'version U1' });
  t.deepEqual((await Promise.all(all))[0], { kind: 'text', text: 'version U1' });
  t.deepEqual(begun, ['version U1']);
});

test('questions hold up no decision, and neither holds up what is light', async (t) => {
  const { begun, end, say } = busy();
  const open = [say('notes', 'U1'), say('vote', 'U2')];
  await new Promise(setImmediate);
  t.deepEqual(begun, ['notes U1', 'vote U2']);
  for (let n = 0; n < 5; n += 1) t.deepEqual(await say('light', 'U1'), { kind: 'text', text: 'light' });
  t.like(await say('nonsense', 'U1'), { kind: 'unknown' });
  await t.throwsAsync(say('notes', 'U3'), { message: /try again/ });
  await t.throwsAsync(say('vote', 'U3'), { message: /try again/ });
  end();
  await Promise.all(open);
});

test('a refusal for want of a turn is written down nowhere', async (t) => {
  const { entries, audit } = keptAudit();
  const vote: Command = {
    name: 'vote',
    usage: 'vote',
    summary: '',
    access: 'anyone',
    audited: true,
    run: async () => ({ kind: 'text', text: '' }),
  };
  const say = dispatch([vote], { ...known, audit, limits: turns });
  await say('vote', origin);
  await say('vote', origin);
  await t.throwsAsync(say('vote', origin), { message: /You have made 2 requests within a minute/ });
  t.is(entries.length, 2);
});
