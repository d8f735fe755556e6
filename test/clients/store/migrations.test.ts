import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { migrated } from '../../../src/clients/store/migrations.ts';
import { runSchema } from '../../../src/clients/store/run-schema.ts';
import { openStore } from '../../../src/clients/store/store-client.ts';
import { UserError } from '../../../src/core/errors.ts';
import type { Run } from '../../../src/core/run/run.ts';
import { allStages } from '../../../src/core/run/stages.ts';

const quiet = { info() {}, warn() {}, error() {} };

/** Run files of version 1 as a bot of that time wrote them, one a line. */
const files = (await readFile(new URL('../../fixtures/runs-version-1.jsonl', import.meta.url), 'utf8')).trimEnd().split('\n');
const old = (has: RegExp): string => files.find((file) => has.test(file)) ?? '';

async function folderWith(t: ExecutionContext, file: string): Promise<{ folder: string; path: string; id: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'coxswain-store-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const { id } = JSON.parse(file) as Run;
  await mkdir(join(folder, 'runs'), { mode: 0o700 });
  const path = join(folder, 'runs', `${id}.json`);
  await writeFile(path, file, { mode: 0o600 });
  return { folder, path, id };
}

/** The run of an old file, read by a store, and read again after it was saved. */
async function carried(t: ExecutionContext, file: string): Promise<Run> {
  const { folder, path, id } = await folderWith(t, file);
  const first = await openStore({ folder, log: quiet });
  t.deepEqual(first.setAside, []);
  const [run] = first.runs();
  t.is(run?.id, id);
  if (!run) throw new Error('no run');
  t.is(await readFile(path, 'utf8'), file, 'nothing is written before the run is saved');
  await first.saveRun(run);
  await first.close();
  t.is(JSON.parse(await readFile(path, 'utf8')).fileVersion, 2);
  const second = await openStore({ folder, log: quiet });
  t.teardown(() => second.close());
  t.deepEqual(second.runs(), [run]);
  return run;
}

test('run files of version 1 are read in every state, and what they hold stays', async (t) => {
  const states = new Set<string>();
  for (const file of files) {
    const run = await carried(t, file);
    states.add(run.state);
    const before = JSON.parse(file) as Run;
    for (const key of ['uid', 'commit', 'state', 'createdAt', 'revision', 'namespace'] as const) t.deepEqual(run[key], before[key]);
    // A name that the schema does not know would be there and be read by nobody.
    t.deepEqual(runSchema.parse(run) as unknown, run);
    t.deepEqual(
      allStages(run).map(({ name }) => name),
      before.stages.map(({ name }) => name),
    );
    t.true(run.stages.every(({ name }) => name === 'image' || name === 'test'));
  }
  t.is(states.size, 11);
});

test('a run that waits behind another one, and one that is blocked', async (t) => {
  t.is((await carried(t, old(/"behind":/))).queuedBehind, 'scheduler-6');
  t.regex((await carried(t, old(/"state":"running".*"trouble":/))).blockedReason ?? '', /the cluster is unreachable/);
});

test('a vote whose request is not posted yet, and an approval that a freeze holds', async (t) => {
  const asks = await carried(t, old(/"key":"request","kind":"request","stage":"release","state":"owed"/));
  t.like(asks, { state: 'passed', release: { requiredVotes: 1, votes: [] }, delivery: { thread: [{ key: 'request', state: 'pending' }] } });
  t.like(await carried(t, old(/"held":/)), { state: 'approved', release: { frozenBy: { by: 'U0123ADA', reason: 'the fair is on' } } });
});

test('a release under way: an image that failed, one whose registry does not answer, and GitHub that refuses', async (t) => {
  const failed = await carried(t, old(/"state":"failed","release":true/));
  t.like(failed, {
    state: 'releasing',
    stages: [{ name: 'image' }, { name: 'test' }],
    release: { github: { versionChecked: true }, images: [{ name: 'release-stock', state: 'started' }, { state: 'failed' }] },
  });
  const silent = await carried(t, old(/"state":"started","release":true,"attempt":2/));
  t.like(silent.release?.images?.[1], {
    state: 'started',
    attempt: 2,
    failingSince: '2026-11-29T17:56:45.080Z',
    statements: { messages: [] },
  });
  const refused = await carried(t, old(/"cause-github.1","kind":"cause","stage":"github","state":"owed"/));
  t.like(refused, { state: 'releasing', release: { github: { state: 'failed' } } });
});

test('a cancelled release with an image that was pushed all the same, and its retry', async (t) => {
  t.deepEqual((await carried(t, old(/"left":/))).release?.leftovers, { images: ['sample/stock:0.1.1'] });
  const retry = await carried(t, old(/"begun":/));
  t.deepEqual(retry.release?.attemptedImages, ['release-stock', 'release-out']);
  t.is(retry.retryOf, 'scheduler-4');
});

test('fields that only some runs have', (t) => {
  const stages = [{ name: 'image', takenFrom: 'app-1' }];
  const image = { name: 'stock', kind: 'image', release: true };
  const release = { github: { mayBeOut: true, troubledSince: 't', checked: true } };
  const delivery = { unshown: true, status: 'success', thread: [] };
  t.deepEqual(migrated({ id: 'app-2', withBelow: true, stages: [...stages, image], release, delivery }), {
    id: 'app-2',
    coversEarlierCommits: true,
    stages: [{ name: 'image', reusedFrom: 'app-1' }],
    release: { github: { maybePublished: true, failingSince: 't', versionChecked: true }, images: [{ name: 'stock', kind: 'image' }] },
    delivery: { unannounced: true, commitStatus: 'success', thread: [] },
  });
});

test('a Job that was rendered and not created yet finds the logins of registries in the form that all got then', (t) => {
  const job = (annotations?: object) => ({ kind: 'Job', metadata: { name: 'image', ...(annotations && { annotations }) } });
  const objects = [{ kind: 'ConfigMap', metadata: { name: 'a' } }, job(), job({ 'coxswain/reader': 'plain' }), { kind: 'Job' }];
  const login = { 'coxswain/registry-login': 'makisu' };
  const image = { name: 'stock', objects: [job({ 'coxswain/reader': 'makisu' })], release: true };
  t.deepEqual(migrated({ stages: [{ name: 'image', objects }, image], release: {} }), {
    stages: [{ name: 'image', objects: [objects[0], job(login), job({ ...login, 'coxswain/reader': 'plain' }), objects[3]] }],
    release: { images: [{ name: 'stock', objects: [job({ ...login, 'coxswain/reader': 'makisu' })] }] },
  });
});

test('any JSON may stand in a file: what is no run stays none', (t) => {
  for (const json of [null, 1, 'text', [], [1]]) t.deepEqual(migrated(json), json);
  for (const json of [
    {},
    { stages: 1, delivery: [], release: null },
    { stages: [null, 1, []], release: { github: 1 }, delivery: { thread: {} } },
  ])
    t.deepEqual(migrated(json), json);
  for (const fileVersion of [0, -1, 1.5, 'two', null]) t.deepEqual(migrated({ fileVersion }), { fileVersion });
  const hostile = JSON.parse('{"__proto__":{"a":1},"constructor":1,"toString":2}');
  t.is(JSON.stringify(migrated(hostile)), JSON.stringify(hostile));
});

test('a file of a newer version ends the start with a sentence, and is left as it is', async (t) => {
  const { folder, path } = await folderWith(t, JSON.stringify({ ...JSON.parse(files[0] ?? ''), fileVersion: 3 }));
  const before = await readFile(path, 'utf8');
  const error = await t.throwsAsync(openStore({ folder, log: quiet }), { instanceOf: UserError });
  t.regex(error.message, /scheduler-7\.json was written by a newer coxswain: it has version 3; .* up to 2\. .*Start that coxswain again/);
  t.deepEqual(await readdir(join(folder, 'runs')), ['scheduler-7.json']);
  t.is(await readFile(path, 'utf8'), before);
  await t.throwsAsync(openStore({ folder, log: quiet }), { message: /newer coxswain/ }, 'the folder is free again');
});
