import test from 'ava';
import type { Repository } from '../../../src/core/config.ts';
import type { Run } from '../../../src/core/run/run.ts';
import type { RunBook } from '../../../src/core/run/run-book.ts';
import { type Statuses, StatusReporter } from '../../../src/pipeline/status/report-status.ts';
import { repositoryStatus } from '../../../src/pipeline/status/repository-status.ts';
import { aRepository } from '../releasing.ts';
import { aBook, aRun, at } from '../world.ts';

const aReporter = (book: RunBook, github: Statuses) =>
  new StatusReporter({ book, github, repositories: [aRepository()], instance: 'lab', now: () => at(0), log: () => undefined });

/** The state that GitHub is told of a run. */
async function told(run: Run): Promise<string> {
  const { book } = aBook([run]);
  const { promise, resolve } = Promise.withResolvers<string>();
  const github = { setStatus: async (_github: string, _sha: string, { state }: { state: string }) => resolve(state) };
  const reporter = aReporter(book, github);
  reporter.report(run.id);
  const state = await promise;
  await book.idle();
  reporter.stop();
  return state;
}

test('a commit that has passed stays good on GitHub, whatever becomes of its vote', async (t) => {
  const stages = (state: 'passed' | 'cancelled') => [{ name: 'test', kind: 'test', state } as const];
  for (const state of ['superseded', 'cancelled', 'rejected', 'expired'] as const) {
    t.is(await told(aRun(1, { state, stages: stages('passed') })), 'success', state);
  }
  for (const state of ['superseded', 'cancelled'] as const)
    t.is(await told(aRun(1, { state, stages: stages('cancelled') })), 'error', state);
});

test.serial('a status that GitHub does not accept again and again is said in the run until it is accepted', async (t) => {
  const { book } = aBook([aRun(1, { state: 'passed' })]);
  let times = 0;
  const github = {
    async setStatus() {
      times += 1;
      if (times <= 4) throw new Error('half an answer');
    },
  };
  const { mock } = await import('node:test');
  mock.timers.enable({ apis: ['setTimeout'] });
  t.teardown(() => mock.timers.reset());
  const reporter = aReporter(book, github);
  reporter.report('app-1');
  const said: (string | undefined)[] = [];
  for (let left = 5; left > 0; left--) {
    for (let turn = 0; turn < 50; turn++) await Promise.resolve();
    await book.idle();
    said.push(book.get('app-1')?.refusals?.status);
    mock.timers.tick(600_000);
  }
  const words = 'GitHub has not accepted the commit status `success` yet; it is sent again: half an answer';
  t.deepEqual(said, [undefined, undefined, words, words, undefined]);
  reporter.stop();
});

const released = (name: string, of: readonly string[]) => ({ name, short: name, release: { approvals: { of } } }) as unknown as Repository;

test('a repository says who approves its releases, where it names them itself', (t) => {
  const repositories = [released('own', ['U0456LIN']), released('common', []), { name: 'none', short: 'none' } as Repository];
  const status = repositoryStatus(
    repositories,
    aBook().book,
    () => undefined,
    () => ({}),
  );
  t.deepEqual(
    status.map(({ name, approvers }) => [name, approvers]),
    [
      ['own', ['U0456LIN']],
      ['common', undefined],
      ['none', undefined],
    ],
  );
});
