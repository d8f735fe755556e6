import test from 'ava';
import { aLab, cacheIsReady, inRegistry } from './lab.ts';

const long = 120_000;

test('a commit becomes an image by Makisu, lies in the registry, is tested by its digest with two GPUs, and the next build uses the cache', async (t) => {
  const lab = await aLab(t, { name: 'commit', gpus: 2, over: { keep: { namespaces: '1s' } } });
  const { way, pods } = lab;
  await way.start();
  await cacheIsReady(lab);
  const { sha } = await way.world.sample.commitGood();
  await way.showsUp('scheduler-1', /\*image\* .* step \d\/\d/, long);
  const shown = await way.passes('scheduler-1', long);
  t.log(shown);
  t.regex(shown, new RegExp(sha.slice(0, 7)));
  t.regex(shown, /\*image\* passed .* \d+ steps/);
  t.regex(shown, /\*test\* passed .* tests \d+ passed, 0 failed, 1 skipped/);
  t.is(way.messagesOf('scheduler-1').length, 1);
  t.deepEqual(way.thread('scheduler-1'), []);

  const image = (await way.record('scheduler-1'))?.stages[0]?.image;
  t.regex(image?.digest ?? '', /^sha256:[0-9a-f]{64}$/);
  t.is(await inRegistry(image?.repository ?? '', image?.tag ?? ''), image?.digest);
  t.true(shown.includes((image?.digest ?? '').slice(7, 19)));
  const [pod, ...others] = pods.of('scheduler-1', 'test');
  t.deepEqual(others, []);
  t.is(pod?.spec?.containers?.[0]?.image, `localhost:32000/${image?.repository}@${image?.digest}`);
  t.is(pod?.spec?.containers?.[0]?.resources?.limits?.['nvidia.com/gpu'], '2');
  await way.until(async () => !(await lab.hasNamespace('scheduler-1')), long);

  await way.world.sample.commitGood();
  const second = await way.passes('scheduler-2', long);
  t.log(second);
  t.regex(second, /\*image\* passed .* [1-9]\d* cache hits?/);
});

test('a failing RUN is shown with its step and what it wrote to stderr, a failing test with its own lines, and each with its whole log', async (t) => {
  const { way } = await aLab(t, { name: 'failing' });
  await way.start();
  await way.world.sample.commitFailing('build');
  t.regex(await way.showsUp('scheduler-1', /failed after/, long), /Step \d+\/\d+ failed \(exited with 3\): RUN /);
  await way.until(() => way.thread('scheduler-1').length === 2);
  t.log(way.shown('scheduler-1'), way.threadWords('scheduler-1'));
  t.regex(way.threadWords('scheduler-1'), /^deps\.lock: scheduler 1\.4\.0 is locked, deps\.txt asks for 1\.5\.0$/m);
  t.regex(logOf('scheduler-1'), /"msg":"\* Step 1\/\d/);

  await way.world.sample.commitGood();
  await way.passes('scheduler-2', long);
  await way.world.sample.commitFailing('test');
  t.regex(await way.showsUp('scheduler-3', /failed after/, long), /\*test\* failed .* tests 0 passed, 3 failed, 1 skipped/);
  await way.until(() => way.thread('scheduler-3').length === 2);
  t.log(way.shown('scheduler-3'), way.threadWords('scheduler-3'));
  t.regex(way.threadWords('scheduler-3'), /--- FAIL: Test\w+/);
  t.regex(way.threadWords('scheduler-3'), /max_jobs and gpus must be numbers, found 'fleet' and '2'/);
  t.regex(logOf('scheduler-3'), /=== RUN {3}TestOneJob[\s\S]*FAIL\tscheduler/);

  function logOf(run: string): string {
    const [file] = way.thread(run).flatMap((message) => message.files ?? []);
    return String(way.slack.file(file?.id ?? '')?.content);
  }
});
