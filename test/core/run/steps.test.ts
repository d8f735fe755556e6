import test from 'ava';
import { type Again, step, takeSteps } from '../../../src/core/run/steps.ts';

/** The steps `a`, `b` … of which each gives what stands there, or is not due; what they did is listed. */
async function taken(gives: readonly (Again | 'not due')[]) {
  const done: string[] = [];
  const steps = gives.map((again, place) =>
    step(
      'abc'[place] ?? '',
      () => (again === 'not due' ? undefined : { again }),
      async (_deps: undefined, { again }) => again as Again,
    ),
  );
  const doing = <T>(what: string, work: () => T): T => {
    done.push(what);
    return work();
  };
  return { again: await takeSteps(steps, undefined, {}, doing), done: done.join('') };
}

const gives = test.macro<[gives: readonly (Again | 'not due')[], again: Again, done: string]>({
  async exec(t, some, again, done) {
    t.deepEqual(await taken(some), { again, done });
  },
  title: (_name, some, again, done) => `steps ${JSON.stringify(some)}: '${done}' are taken, and again in ${again} ms`,
});

test(gives, [], undefined, '');
test(gives, [undefined, undefined], undefined, 'ab');
test(gives, [7, undefined, 5], 5, 'abc');
test(gives, [undefined, 7], 7, 'ab');
test(gives, [7, 0, 5], 0, 'ab');
test(gives, ['not due', 7, 'not due'], 7, 'b');
