import test from 'ava';
import { ada, aWay, guest, wordsOf } from './way.ts';

test('a commit becomes an image, the image is tested by its digest, and the channel shows it in one message', async (t) => {
  const way = await aWay(t);
  await way.start();
  const { sha } = await way.world.sample.commitGood();
  const shown = await way.passes('scheduler-1');
  t.regex(shown, new RegExp(sha.slice(0, 7)));
  t.regex(shown, /\*test\* passed .* \d+ passed/);
  t.is(way.messagesOf('scheduler-1').length, 1);
  t.deepEqual(way.thread('scheduler-1'), []);
  const image = (await way.record('scheduler-1'))?.stages[0]?.image;
  const [stored] = (await way.world.registry?.images()) ?? [];
  t.regex(image?.digest ?? '', /^sha256:[0-9a-f]{64}$/);
  t.is(stored?.digest, image?.digest);

  await way.world.sample.commitGood();
  t.regex(await way.passes('scheduler-2'), /cache hit/);
  t.deepEqual(way.slack.pings(), []);
});

test('a failing test is shown with its own lines and the whole log in the thread, and retry starts at the test with the same image', async (t) => {
  const way = await aWay(t);
  await way.start();
  await way.world.sample.commitFailing('test');
  t.regex(await way.showsUp('scheduler-1', /failed after/), /\*test\* failed .* [1-9]\d* failed/);
  await way.until(() => way.thread('scheduler-1').length === 2);
  t.regex(way.threadWords('scheduler-1'), /--- FAIL: Test\w+/);
  const [file] = way.thread('scheduler-1').flatMap((message) => message.files ?? []);
  t.is(file?.name, 'scheduler-1-test.log');
  t.regex(String(way.slack.file(file?.id ?? '')?.content), /=== RUN/);

  await way.press(ada, 'scheduler-1', 'retry scheduler-1');
  const shown = await way.showsUp('scheduler-2', /failed after/);
  t.regex(shown, /retry of scheduler-1/);
  const [first, second] = [await way.record('scheduler-1'), await way.record('scheduler-2')];
  t.is(second?.stages[0]?.reusedFrom, 'scheduler-1');
  t.is(second?.stages[0]?.image?.digest, first?.stages[0]?.image?.digest);
});

test('a failing build step is shown with what it printed', async (t) => {
  const way = await aWay(t);
  await way.start();
  await way.world.sample.commitFailing('build');
  t.regex(await way.showsUp('scheduler-1', /failed after/), /Step \d\/\d failed/);
  await way.until(() => way.thread('scheduler-1').length === 2);
  t.regex(way.threadWords('scheduler-1'), /deps\.lock: scheduler 1\.4\.0 is locked/);
});

test('people start, see, cancel and are refused by what they may do', async (t) => {
  const way = await aWay(t, { pace: { stepMs: 400, testSeconds: 0 } });
  await way.start();
  await way.slack.type(guest, '#ci', '/cox run scheduler');
  await way.slack.until(() => way.slack.ephemerals(guest).length === 1);
  t.regex(wordsOf(way.slack.ephemerals(guest)[0] ?? { text: '' }), /is for operators, and you are not one/);

  await way.slack.type(ada, '#ci', '/cox run scheduler main');
  await way.showsUp('scheduler-1', /step \d\/\d/);
  await way.press(guest, 'scheduler-1', 'cancel scheduler-1');
  await way.slack.until(() => way.slack.ephemerals(guest).length === 2);
  t.is((await way.record('scheduler-1'))?.state, 'running');
  await way.press(ada, 'scheduler-1', 'cancel scheduler-1');
  t.regex(await way.showsUp('scheduler-1', /cancelled/), /<@U0123ADA>/);
  await way.until(() => (way.world.kubernetes?.snapshot().namespaces ?? []).every(({ jobs }) => jobs.length === 0));

  await way.slack.type(ada, '#ci', '@coxswain logs scheduler-1 image 200');
  await way.slack.until(() => way.slack.messages('#ci').some((message) => /cloned at|Starting Makisu/.test(wordsOf(message))));
  t.pass();
});

test('newer commits wait for the branch, only the newest is run, and the ones between say which', async (t) => {
  const way = await aWay(t, { pace: { stepMs: 1_000, testSeconds: 0 } });
  await way.start();
  const queued = (id: string) => way.until(async () => (await way.record(id)) !== undefined);
  await way.world.sample.commitGood();
  await queued('scheduler-1');
  await way.world.sample.commitGood();
  await queued('scheduler-2');
  await way.world.sample.commitGood();
  t.regex(await way.showsUp('scheduler-2', /superseded/), /scheduler-3/);
  await way.passes('scheduler-3');
  await way.passes('scheduler-1');
  t.is(way.messagesOf('scheduler-2').length, 1);
});
