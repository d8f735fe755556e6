import test from 'ava';
import { Readiness } from '../../../src/clients/health/readiness.ts';

test('a part lacks the notice for it until it says so itself, and what is done is not supported of', (t) => {
  const readiness = new Readiness({ start: 'is under way', slack: 'is not connected yet' });
  t.deepEqual(readiness.parts(), { start: 'is under way', slack: 'is not connected yet' });
  let slack: string | undefined = 'is away';
  readiness.ask('slack', () => slack);
  readiness.done('start');
  t.deepEqual(readiness.parts(), { slack: 'is away' });
  slack = undefined;
  t.deepEqual(readiness.parts(), { slack: undefined });
});
