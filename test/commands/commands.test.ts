import test from 'ava';
import { plainText, withoutMention } from '../../src/clients/slack/inbound/parsed-text.ts';
import { asWord } from '../../src/core/command/tokenize.ts';
import { UserError } from '../../src/core/errors.ts';
import { errorMessage, replyMessage } from '../../src/messages/reply.ts';
import { hostileWords } from '../fixtures/hostile-said.ts';
import { inState, view } from '../messages/runs.ts';
import { bot, known } from './pipeline.ts';

const does = test.macro(async (t, text: string, wanted: object) => {
  const { say, done } = bot();
  await say(text);
  t.deepEqual(done, [wanted]);
});

test('run starts the newest commit', does, 'run tools', { repository: 'tools', by: 'U0123ADA', key: 'k1' });
test('run takes a branch', does, 'run tools feature/x', { repository: 'tools', branch: 'feature/x', by: 'U0123ADA', key: 'k1' });
test('cancel --all stops all of a repository', does, 'cancel --all tools', { cancelAll: { repository: 'tools', by: 'U0123ADA' } });
test('cancel --all takes a pattern of branches, and the dash that a phone makes', does, 'cancel \u2014all tools feature/*', {
  cancelAll: { repository: 'tools', branches: 'feature/*', by: 'U0123ADA' },
});
test('cancel stops a run that runs', does, 'cancel runner-3', { cancel: 'runner-3', by: 'U0123ADA' });
test('retry takes up a run that failed', does, 'retry runner-1', { retry: 'runner-1', by: 'U0123ADA', key: 'k1' });
test('logs asks for the stage that says most', does, 'logs runner-1', { tail: 'runner-1', stage: undefined, lines: undefined });
test('logs takes a stage', does, 'logs runner-1 gpu-test', { tail: 'runner-1', stage: 'gpu-test', lines: undefined });
test('logs takes a number of lines', does, 'logs runner-1 200', { tail: 'runner-1', stage: undefined, lines: 200 });
test('logs takes both', does, 'logs runner-1 image 200', { tail: 'runner-1', stage: 'image', lines: 200 });

const refuses = test.macro(async (t, text: string, message: RegExp, user?: string) => {
  const { say, done } = bot();
  await t.throwsAsync(say(text, user), { instanceOf: UserError, message });
  t.deepEqual(done, []);
});

test('an unknown run names those most like it', refuses, 'logs runer-1', /no run `runer-1`\. Did you mean `runner-1`/);
test(
  'a word that is no word of ours is repeated short and as code',
  refuses,
  `logs a\`${'x'.repeat(500)}`,
  /^There is no run `a'x{57}…`\./,
);
test('a run like no other names the newest', refuses, 'cancel x', /no run `x`\. The newest are `tools-1`, `runner-3`, `runner-2`/);
test('cancel --all without a repository says what it needs', refuses, 'cancel --all', /needs a repository: `cancel --all <repository>/);
test('cancel takes one run', refuses, 'cancel runner-3 runner-4', /takes one run and does not take `runner-4`; to cancel many at once/);
test('a run that passed is not cancelled', refuses, 'cancel runner-2', /^runner-2 has already ended: it has passed\.$/);
test('a run that runs is not retried', refuses, 'retry runner-3', /^runner-3 is still running\. Cancel it first, or wait for its end\.$/);
test(
  'a stage that the run does not have is not shown',
  refuses,
  'logs runner-1 gpu',
  /no stage `gpu`\. Did you mean `gpu-test`\? It has `image`, `gpu-test`/,
);
test('a number of lines has limits', refuses, 'logs runner-1 image 100000', /1 to 2000/);
test('an invalid number of lines is refused', refuses, 'logs runner-1 image all', /`all` is not a valid number of lines/);
test(
  'a status of something unknown names the repositories',
  refuses,
  'status ruler',
  /neither a run nor a repository.*`studio-go-runner`, `tools`/,
);
test('a status of an unknown run is about runs', refuses, 'status runner-9', /no run `runner-9`/);
test('runs of a repository that there is not says so', refuses, 'runs ruler', /no repository `ruler`\. Did you mean `runner`\?/);
test(
  'a run that passed is not retried',
  refuses,
  'retry runner-2',
  /^runner-2 has passed; there is nothing to retry\. `run .+` starts a new run/,
);
test('help for an unknown command points to the list', refuses, 'help deploy', /no command `deploy`/);
test('an unknown repository is the word of the pipeline', refuses, 'run nothing', /no repository `nothing`/);
for (const text of ['run tools', 'cancel runner-3', 'cancel --all tools', 'retry runner-1']) {
  test(`a guest cannot say ${text}`, refuses, text, /for operators/, 'U0789GUEST');
}

test('a run that is forgotten is told from one that never was', async (t) => {
  const { say } = bot(known.map((run) => ({ ...run, id: run.id.replace('runner-', 'runner-1') })));
  await t.throwsAsync(say('logs runner-9'), {
    instanceOf: UserError,
    message: /^`runner-9` and its logs have been deleted: .*`keep\.runs`/,
  });
  await t.throwsAsync(say('logs runner-19'), { instanceOf: UserError, message: /^There is no run `runner-19`/ });
});

/** The known runs, the first of them with its message in the channel. */
const posted = known.map((run, index) => ({
  ...run,
  ...(index === 0 && { delivery: { ...run.delivery, message: { state: 'posted' as const, channel: 'C1', ts: '10.1', revision: 1 } } }),
}));

const inThread = test.macro(async (t, text: string, wanted: object) => {
  const { sayIn, done } = bot(posted);
  await sayIn('10.1', text);
  t.like(done, [wanted]);
});

test('in the thread of a run it need not be named', inThread, 'retry', { retry: 'runner-1' });
test('what comes after it is understood there too', inThread, 'logs image 200', { tail: 'runner-1', stage: 'image', lines: 200 });
test('a number of lines is no run', inThread, 'logs 200', { tail: 'runner-1', lines: 200 });
test('a stage that looks like a run is a stage', inThread, 'logs gpu-test', { tail: 'runner-1', stage: 'gpu-test' });
test('in a thread too `--all` is no run', inThread, 'cancel --all tools', { cancelAll: { repository: 'tools', by: 'U0123ADA' } });
test('a run that is named is that run', inThread, 'cancel runner-3', { cancel: 'runner-3' });
test('a vote there is one for that run', inThread, 'approve', { approve: { id: 'runner-1' } });
test('what may be asked of all is asked of that run', inThread, 'audit', { audit: 'runner-1' });
test('so is a reason', inThread, 'reject too slow', { reject: { id: 'runner-1' }, reason: 'too slow' });
test('an issue at the beginning of a reason is no run', inThread, 'reject #3 is open', {
  reject: { id: 'runner-1' },
  reason: '#3 is open',
});

test('its status is that of the run', async (t) => {
  const { sayIn } = bot(posted);
  t.like(await sayIn('10.1', 'status'), { kind: 'run', run: { id: 'runner-1' } });
  t.like(await sayIn('10.1', 'status tools'), { kind: 'status', repositories: [{ name: 'tools' }] });
  t.like(await sayIn('10.2', 'status'), { kind: 'status' });
});

test('a run that was mistyped is not that of the thread', async (t) => {
  await t.throwsAsync(bot(posted).sayIn('10.1', 'cancel runner-33'), { instanceOf: UserError, message: /no run `runner-33`/ });
});

test('in any other thread a run is asked for', async (t) => {
  await t.throwsAsync(bot(posted).sayIn('10.2', 'logs'), { instanceOf: UserError, message: /`logs` needs <run>/ });
});

test('status shows all repositories, one of them, or one run', async (t) => {
  const { say } = bot();
  t.like(await say('status'), { kind: 'status', repositories: [{ name: 'studio-go-runner' }, { name: 'tools' }] });
  t.like(await say('status tools'), { kind: 'status', repositories: [{ name: 'tools' }] });
  t.like(await say('status runner-2', 'U0789GUEST'), { kind: 'run', run: { id: 'runner-2' } });
});

test('runs lists the newest first, and counts those it leaves out', async (t) => {
  const many = Array.from({ length: 13 }, (_, n) => ({ ...inState.passed, id: `runner-${n}`, createdAt: `2026-11-24T14:${10 + n}:00Z` }));
  const reply = await bot(many).say('runs studio-go-runner');
  t.like(reply, { kind: 'runs', title: 'Newest runs of studio-go-runner', more: 3 });
  t.deepEqual(reply.kind === 'runs' && reply.runs.map(({ id }) => id).slice(0, 2), ['runner-12', 'runner-11']);
});

test('runs without any run is no mistake', async (t) => {
  t.deepEqual(await bot([]).say('runs'), { kind: 'runs', title: 'Newest runs', runs: [], more: 0 });
});

test('whoami tells a person and a guest what they are', async (t) => {
  const { say } = bot();
  t.deepEqual(await say('whoami'), {
    kind: 'whoami',
    user: 'U0123ADA',
    operator: true,
    why: 'only Ada is',
    approver: { allowed: true, why: 'only Ada is' },
  });
  t.like(await say('whoami', 'U0789GUEST'), { operator: false });
});

test('help lists every command, or explains one', async (t) => {
  const { say, list } = bot();
  t.deepEqual(await say('help'), { kind: 'help', commands: list });
  const one = await say('help Logs');
  t.deepEqual(one.kind === 'help' && one.commands.map(({ name }) => name), ['logs']);
});

test('examples speak of a repository and a run that are there', async (t) => {
  const examples = async (runs: typeof known, text: string) => {
    const reply = await bot(runs).say(text);
    return reply.kind === 'help' && reply.commands[0]?.examples;
  };
  t.deepEqual(await examples(known, 'help logs'), ['logs tools-1', 'logs tools-1 image 200']);
  t.deepEqual(await examples([], 'help logs'), ['logs runner-142', 'logs runner-142 image 200']);
  t.deepEqual(await examples(known, 'help run'), ['run studio-go-runner', 'run studio-go-runner feature/batches']);
});

test(
  'help for a mistyped command names the one that was meant',
  refuses,
  'help stauts',
  /no command `stauts`\. Did you mean `status`\? `help` lists/,
);
test('help for no command at all names none', refuses, 'help xyzzy', /no command `xyzzy`\. `help` lists/);

test('each usage begins with its name, and each example is understood', async (t) => {
  const aBot = () => bot(known.map((run) => ({ ...run, id: run.id === 'runner-3' ? 'runner-142' : run.id })));
  for (const { name, usage, examples = [] } of aBot().list) {
    t.is(usage.split(' ')[0], name);
    // Nobody may say all of them within a minute.
    const { say } = aBot();
    // Such a refusal answers a sentence that was understood.
    const refused = /is still running|has been paused by|is not paused|No releases are frozen/;
    for (const example of examples) await say(example).catch((error) => t.regex(error.message, refused));
  }
});

test('what looks at memory alone is light, and nothing else is', (t) => {
  const { list } = bot();
  t.deepEqual(
    list.filter(({ light }) => light).map(({ name }) => name),
    ['status', 'runs', 'whoami', 'help'],
  );
});

test('what is light asks nothing outside', async (t) => {
  const { say, done } = bot();
  for (const text of ['status', 'status tools', 'status runner-2', 'runs', 'whoami', 'help', 'help run']) await say(text);
  t.deepEqual(done, []);
});

test('only what answers everyone alike is shared', (t) => {
  const { list } = bot();
  t.deepEqual(
    list.filter(({ shared }) => shared).map(({ name }) => name),
    ['logs', 'audit', 'version'],
  );
});

/** The bot's own way of an answer: from what Slack sends to the message that it gets. */
async function answered(text: string): Promise<number> {
  const { say } = bot();
  const start = process.cpuUsage();
  await say(plainText(withoutMention(`<@UBOT> ${text}`, 'UBOT')))
    .then((reply) => replyMessage(reply, () => view))
    .catch((error: unknown) => {
      if (!(error instanceof UserError)) throw error;
      return errorMessage(error.message);
    });
  return process.cpuUsage(start).user / 1000;
}

test('4,000 characters of anything are answered in less than 50 ms', async (t) => {
  const forms = hostileWords('runner-3').flatMap((text) => [text, `reject runner-3 ${asWord(text.slice(0, 3_900))}`]);
  let worst = { ms: 0, text: '' };
  for (const text of forms) {
    const times = [await answered(text), await answered(text), await answered(text)];
    const ms = Math.min(...times);
    if (ms > worst.ms) worst = { ms, text: text.slice(0, 60) };
  }
  t.log(`the slowest took ${worst.ms.toFixed(1)} ms: ${worst.text}`);
  t.true(worst.ms < 50, JSON.stringify(worst));
});
