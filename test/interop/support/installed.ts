import test, { type ExecutionContext } from 'ava';
import { missing, type Program } from '../servers/programs.ts';

/**
 * A test for servers that other people wrote: it is skipped with a word where they are not installed, except in `.ci/run`, which installs
 * them and where it fails.
 */
export function testWith(programs: readonly Program[], title: string, run: (t: ExecutionContext) => Promise<void>): void {
  const lack = programs.flatMap((program) => missing(program) ?? []);
  if (lack.length === 0) test(title, run);
  else if (process.env.CI) test(title, (t) => t.fail(lack.join(', ')));
  else test.skip(`${title} (${lack.join(', ')})`, run);
}
