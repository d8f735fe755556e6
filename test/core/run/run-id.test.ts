import test from 'ava';
import { byAge, idParts, numberOf } from '../../../src/core/run/run-id.ts';
import { aRun } from '../../pipeline/world.ts';

test('an id is the short name of a repository, which may have hyphens itself, and a number', (t) => {
  t.deepEqual(idParts('runner-142'), { short: 'runner', number: 142 });
  t.deepEqual(idParts('go-runner-2-7'), { short: 'go-runner-2', number: 7 });
  t.is(numberOf('go-runner-2-7'), 7);
});

test('what has no number or no name before it is no id', (t) => {
  for (const text of ['runner', 'runner-', '-1', 'runner-1a', 'runner-007', '']) {
    t.is(idParts(text), undefined);
    t.is(numberOf(text), 0);
  }
});

test('runs of the same moment are in the order of their numbers, not of their digits', (t) => {
  const runs = [aRun(10), aRun(9), aRun(2)].map((run) => ({ ...run, createdAt: '2026-11-24T14:00:00.000Z' }));
  const older = { ...aRun(99), createdAt: '2026-11-24T13:59:59.999Z' };
  t.deepEqual(
    [...runs, older].sort(byAge).map(({ id }) => id),
    ['app-99', 'app-2', 'app-9', 'app-10'],
  );
});
