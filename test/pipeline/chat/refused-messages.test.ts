import test from 'ava';
import { Refused } from '../../../src/core/chat.ts';
import { ClusterError } from '../../../src/core/cluster.ts';
import { UserError } from '../../../src/core/errors.ts';
import type { Run } from '../../../src/core/run/run.ts';
import { cleanUp } from '../../../src/pipeline/cleanup/clean-up.ts';
import { isSettled } from '../../../src/pipeline/cleanup/retention.ts';
import { StatusReporter } from '../../../src/pipeline/status/report-status.ts';
import { WorkQueue } from '../../../src/pipeline/work-queue.ts';
import { aRepository } from '../releasing.ts';
import { announced } from '../run-messages.ts';
import { aBook, aRun, at, startedStage } from '../world.ts';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('a message that Slack refuses for good is not posted again before the run is in another state, nor after a start', async (t) => {
  const refused = () => ({ error: new Refused('invalid_blocks', 'post app-1: Slack refused with invalid_blocks') });
  const world = await announced([aRun(1, { state: 'running' })], [refused(), refused()]);
  await world.until(() => world.said.length > 0);
  await pause(600);
  t.deepEqual(world.calls, ['post app-1']);
  const run = world.book.get('app-1') as Run;
  t.like(run.delivery.refused, { state: 'running', why: 'post app-1: Slack refused with invalid_blocks', isOfChannel: false });
  await world.announcer.stop();

  const again = await announced([run]);
  await pause(400);
  t.deepEqual(again.calls, []);
  await again.book.move('app-1', 'failed');
  await again.until(() => again.messages.length === 1);
  await again.announcer.stop();
  t.deepEqual(again.calls, ['post app-1']);
  t.is(again.book.get('app-1')?.delivery.refused, undefined);
});

test('a channel that takes a message again gets what it has refused', async (t) => {
  const world = await announced([aRun(1)], [{ error: new Refused('not_in_channel') }]);
  await world.until(() => world.book.get('app-1')?.delivery.refused !== undefined);
  await world.book.add({ ...aRun(2), short: 'app', instance: 'lab', channel: world.book.get('app-1')?.delivery.channel ?? '' });
  await world.until(() => world.messages.length === 2);
  await world.announcer.stop();
  t.is(world.messages.length, 2);
});

test('a reply that Slack refuses for good is left out, said in the run, and what follows it is posted', async (t) => {
  const run = aRun(1, { state: 'failed', revision: 3 });
  const message = { state: 'posted', channel: 'C1', ts: '1', revision: 3 } as const;
  const thread = ['cause-test', 'log-test'].map((key) => ({ key, kind: 'cause', stage: 'test', state: 'pending' }) as const);
  const owing = { ...run, delivery: { ...run.delivery, message, thread, cleaned: true } };
  const world = await announced([owing], [{ error: new Refused('msg_too_long', 'Slack refused with msg_too_long') }]);
  await world.until(() => world.replies.length === 1 && world.shown('app-1') === 4);
  await world.announcer.stop();
  t.deepEqual(world.replies, ['app-1 log-test']);
  const after = world.book.get('app-1') as Run;
  t.deepEqual(after.refusals, { 'cause-test': 'cause-test could not be posted in its thread: Slack refused with msg_too_long' });
  t.true(isSettled(after));
});

test('a reply that its channel refuses is owed until the channel takes something', async (t) => {
  const run = aRun(1, { state: 'failed', revision: 3 });
  const message = { state: 'posted', channel: 'C1', ts: '1', revision: 3 } as const;
  const thread = [{ key: 'cause-test', kind: 'cause', stage: 'test', state: 'pending' } as const];
  const world = await announced(
    [{ ...run, delivery: { ...run.delivery, message, thread, cleaned: true } }],
    [{ error: new Refused('is_archived') }],
  );
  await world.until(() => world.book.get('app-1')?.delivery.refused !== undefined);
  await pause(500);
  t.deepEqual(world.calls, ['reply app-1 cause-test']);
  t.true(isSettled(world.book.get('app-1') as Run));
  await world.book.add({ ...aRun(2), short: 'app', instance: 'lab', channel: run.delivery.channel });
  await world.until(() => world.replies.length === 1);
  await world.until(() => world.book.get('app-1')?.delivery.thread[0]?.state === 'posted');
  await world.announcer.stop();
  t.deepEqual(world.replies, ['app-1 cause-test']);
  t.is(world.book.get('app-1')?.delivery.refused, undefined);
});

test('a commit status that GitHub refuses for good is told once, and the next state is told again', async (t) => {
  const { book } = aBook([aRun(1, { state: 'running' })]);
  const asked: string[] = [];
  let refuses = true;
  const github = {
    setStatus: async (_github: string, _sha: string, { state }: { state: string }) => {
      asked.push(state);
      if (refuses) throw new UserError('api.github.com refuses the status (422)');
    },
  };
  const options = { book, github, repositories: [aRepository()], instance: 'lab', now: () => at(0), log: () => undefined };
  const reporter = new StatusReporter(options);
  reporter.report('app-1');
  await pause(100);
  reporter.stop();
  new StatusReporter(options).report('app-1');
  await pause(100);
  t.deepEqual(asked, ['pending']);
  t.regex(book.get('app-1')?.refusals?.status ?? '', /^GitHub does not accept the commit status `pending`: .*422/);
  refuses = false;
  await book.move('app-1', 'failed');
  await pause(100);
  t.true(asked.includes('failure'));
  t.is(book.get('app-1')?.refusals, undefined);
});

test('a namespace that may not be deleted is named in its run, which is done with it', async (t) => {
  const ended = aRun(1, { state: 'failed', endedAt: at(0).toISOString(), stages: [startedStage({ state: 'failed', objects: [] })] });
  const { book } = aBook([ended]);
  let asked = 0;
  const cluster = {
    job: async () => undefined,
    deleteJob: async () => undefined,
    deleteNamespace: async () => {
      asked += 1;
      throw new ClusterError('Kubernetes refused to delete: forbidden', { code: 403, reason: 'Forbidden', retry: false });
    },
  };
  const look = () => cleanUp({ book, cluster, keepMs: 0, forget: () => undefined, now: () => at(60) }, book.get('app-1') as Run);
  t.is(await look(), undefined);
  t.is(await look(), undefined);
  t.is(asked, 1);
  t.regex(book.get('app-1')?.refusals?.cleanup ?? '', /could not be cleaned up.*forbidden.*kubectl delete namespace cox-lab-app-1/);
});

test('a step that is refused for good is tried ever more seldom', async (t) => {
  const times: number[] = [];
  const said: string[] = [];
  const reconcile = async () => {
    times.push(Date.now());
    throw new ClusterError('forbidden', { code: 403, reason: 'Forbidden', retry: false });
  };
  const queue = new WorkQueue({ reconcile, log: (line) => void said.push(line), trouble: async () => undefined });
  queue.enqueue('app-1');
  await pause(2_500);
  queue.stop();
  t.true(times.length <= 3, String(times.length));
});
