import { git } from '@coxswain/sandbox';
import test, { type ExecutionContext } from 'ava';
import { ada, aWay, type Way, wordsOf } from '../way/way.ts';

const version = async ({ world }: Way) =>
  /<repo-version>(.*?)</.exec(await git(['show', 'main:README.md'], { cwd: world.sample.path }))?.[1];
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
/** What the bot answers below a message, and to Ada alone. */
const answers = (way: Way, ts: string) =>
  [...way.slack.replies(ts).filter(({ bot_id }) => bot_id), ...way.slack.ephemerals(ada)].map(wordsOf);

/** What Ada alone is told. */
const told = (way: Way) => way.slack.ephemerals(ada).map(({ text }) => text);

/** Slack waits a second for a receipt, and repeats the event at once, and twice more a little later. */
async function listening(t: ExecutionContext): Promise<Way> {
  const way = await aWay(t, { github: true, slack: { patienceMs: 1_000, eventRetries: [0, 6_000, 3_000] } });
  await way.start();
  return way;
}

async function mention(way: Way, text: string): Promise<string> {
  const done = await way.slack.type(ada, '#ci', `@coxswain ${text}`);
  return done.ok ? (done.ts ?? '') : '';
}

test.serial('a mention that is edited is done once, and its author is told once that edits do nothing', async (t) => {
  const way = await listening(t);
  const ts = await mention(way, 'version scheduler @coxswain patch');
  await way.slack.until(() => /0\.1\.0.*0\.1\.1/.test(answers(way, ts).join()));
  for (const level of ['patch', 'minor', 'major']) {
    await way.slack.edit(ada, ts, `@coxswain version scheduler ${level}`);
    await pause(1_500);
  }
  t.is(await version(way), '0.1.1');
  t.deepEqual(told(way), ['Edits have no effect: I read a message only once, as it was first sent. Please send a new one.']);
  t.is(way.slack.replies(ts).length, 1, 'two mentions in one message are one command');

  const plain = await way.slack.type(ada, '#ci', 'version scheduler patch');
  await way.slack.edit(ada, plain.ok ? (plain.ts ?? '') : '', '@coxswain version scheduler patch');
  await way.slack.until(() => told(way)[1]);
  t.is(await version(way), '0.1.1', 'a mention that an edit has brought into a message is not heard');
  const again = await mention(way, 'version scheduler patch');
  await way.slack.until(() => answers(way, again).some((words) => words.includes('0.1.2')));
});

test.serial('an event that Slack repeats, since the receipt was lost, is done once, also by a bot that was killed meanwhile', async (t) => {
  const way = await listening(t);
  way.slack.loseAcks(2);
  const ts = await mention(way, 'version scheduler patch');
  await way.slack.until(() => way.slack.replies(ts)[0]);
  await pause(300);
  await way.world.bot.end('SIGKILL');
  await way.start();
  const connected = way.lines.length;
  await pause(9_000);
  t.is(await version(way), '0.1.1', way.lines.slice(connected).join('\n'));
  t.is(way.slack.replies(ts).length, 1);
  t.deepEqual(way.slack.ephemerals(ada), []);
});

test.serial('a bot that is killed while it does something does not do it again, and says that it does not know', async (t) => {
  const way = await listening(t);
  const held = way.world.github?.faults.holdNext(/^PUT .*\/contents\//);
  way.slack.loseAcks(2);
  const ts = await mention(way, 'version scheduler patch');
  await held;
  await way.world.bot.end('SIGKILL');
  await way.start();
  await way.slack.until(() => answers(way, ts)[0], 20_000);
  await pause(4_000);
  t.is(await version(way), '0.1.1');
  t.is(answers(way, ts).length, 1);
  t.regex(answers(way, ts)[0] ?? '', /^coxswain was stopped while handling this `version`, so it may or may not have been done\./);
});

test.serial('a button that is pressed twice at once does its thing once', async (t) => {
  const way = await aWay(t, { github: true });
  await way.start();
  await way.world.sample.commitFailing('build');
  await way.showsUp('scheduler-1', /failed/);
  await Promise.all([1, 2, 3].map(() => way.press(ada, 'scheduler-1', 'retry scheduler-1')));
  await way.slack.until(() => way.slack.ephemerals(ada).length === 3);
  t.deepEqual((await way.records()).map(({ id }) => id).sort(), ['scheduler-1', 'scheduler-2']);
});
