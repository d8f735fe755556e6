import test from 'ava';
import type { Repository } from '../../../src/core/config.ts';
import type { Run } from '../../../src/core/run/run.ts';
import { StatusReporter } from '../../../src/pipeline/status/report-status.ts';
import { repositoryStatus } from '../../../src/pipeline/status/repository-status.ts';
import { aRepository } from '../releasing.ts';
import { aBook, aRun, at } from '../world.ts';

/** The state that GitHub is told of a run. */
async function told(run: Run): Promise<string> {
  const { book } = aBook([run]);
  const { promise, resolve } = Promise.withResolvers<string>();
  const github = { setStatus: async (_github: string, _sha: string, { state }: { state: string }) => resolve(state) };
  const reporter = new StatusReporter({
    book,
    github,
    repositories: [aRepository()],
    instance: 'lab',
    now: () => at(0),
    log: () => undefined,
  });
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
