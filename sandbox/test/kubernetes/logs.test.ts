import { writeFile } from 'node:fs/promises';
import test from 'ava';
import { over, pod, podsPath, shell, type World, world } from './_world.ts';

async function logged(here: World, script: string): Promise<(query: string) => Promise<string>> {
  await here.send('POST', podsPath, pod('one', [shell(script)]));
  await here.until(`${podsPath}/one`, over);
  return (query) => here.text(`${podsPath}/one/log?${query}`);
}

test('timestamps are RFC3339 with nanoseconds, growing; tailLines and limitBytes cut', async (t) => {
  const log = await logged(await world(t), 'echo one; echo two; printf three');
  t.is(await log(''), 'one\ntwo\nthree');
  t.is(await log('tailLines=2'), 'two\nthree');
  t.is(await log('tailLines=0'), '');
  t.is(await log('limitBytes=5'), 'one\nt');
  const lines = (await log('timestamps=true')).split('\n');
  const times = lines.map((line) => /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,9}Z) (one|two|three)$/.exec(line)?.[1] ?? '');
  t.false(times.includes(''), lines.join('\n'));
  t.true(new Set(times).size === 3);
});

test('sinceTime takes whole seconds, sinceSeconds counts back', async (t) => {
  const log = await logged(await world(t), 'echo one; sleep 1.2; echo two');
  const [, second = ''] = (await log('timestamps=true')).split('\n');
  t.is(await log(`sinceTime=${encodeURIComponent(`${second.slice(0, 19)}.999Z`)}`), 'two\n');
  t.is(await log('sinceTime=2020-01-01T00:00:00Z'), 'one\ntwo\n');
  t.is(await log('sinceSeconds=100'), 'one\ntwo\n');
});

test('following gives lines as they come, and ends when the container has ended', async (t) => {
  const here = await world(t);
  await here.send('POST', podsPath, pod('one', [shell('echo one; while [ ! -e go ]; do sleep 0.05; done; echo two >&2; printf three')]));
  await here.until(`${podsPath}/one`, ({ status }) => status.phase === 'Running');
  const response = await fetch(`${here.cluster.url}${podsPath}/one/log?follow=true&container=main`);
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString();
    const uid = (await here.get(`${podsPath}/one`)).body.metadata.uid;
    if (text === 'one\n') await writeFile(`${here.folder}/pods/${uid}/containers/main/go`, '');
  }
  t.is(text, 'one\ntwo\nthree');
});

test('with several containers a name is needed, and it must be one of them', async (t) => {
  const here = await world(t);
  await here.send('POST', podsPath, pod('one', [shell('echo a', { name: 'a' }), shell('echo b', { name: 'b' })]));
  await here.until(`${podsPath}/one`, over);
  const unnamed = await here.get(`${podsPath}/one/log`);
  t.deepEqual([unnamed.code, unnamed.body.message], [400, 'a container name must be specified for pod one, choose one of: [a b]']);
  const wrong = await here.get(`${podsPath}/one/log?container=c`);
  t.deepEqual([wrong.code, wrong.body.message], [400, 'container c is not valid for pod one']);
  t.is(await here.text(`${podsPath}/one/log?container=b`), 'b\n');
  t.is((await here.get(`${podsPath}/none/log`)).code, 404);
});

test('a pod that is not yet on a node has an empty log', async (t) => {
  const here = await world(t);
  await here.send('POST', podsPath, pod('one', [shell('true', { resources: { limits: { 'nvidia.com/gpu': 9 } } })]));
  t.is(await here.text(`${podsPath}/one/log`), '');
});

test('what was rotated away is gone, and a follower goes on with what comes', async (t) => {
  const here = await world(t);
  const script = 'for i in 1 2 3; do echo $i; done; while [ ! -e go ]; do sleep 0.05; done; echo 4';
  await here.send('POST', podsPath, pod('one', [shell(script)]));
  const log = `${podsPath}/one/log`;
  await here.until(`${podsPath}/one`, ({ status }) => status.phase === 'Running');
  for (let text = ''; text !== '1\n2\n3\n'; ) text = await here.text(log);
  here.cluster.rotateLog('ci', 'one', 'main', 1);
  t.is(await here.text(log), '3\n');
  const following = here.text(`${log}?follow=true`);
  const uid = (await here.get(`${podsPath}/one`)).body.metadata.uid;
  await writeFile(`${here.folder}/pods/${uid}/containers/main/go`, '');
  t.is(await following, '3\n4\n');
});

test('a log beyond its limit is cut from the front', async (t) => {
  const here = await world(t, { logLimit: 10_000 });
  await here.send('POST', podsPath, pod('one', [shell('i=0; while [ $i -lt 500 ]; do echo line $i; i=$((i+1)); done')]));
  await here.until(`${podsPath}/one`, over);
  const lines = (await here.text(`${podsPath}/one/log`)).trim().split('\n');
  t.is(lines.at(-1), 'line 499');
  t.true(lines.length < 120 && lines.length > 20, `${lines.length}`);
});
