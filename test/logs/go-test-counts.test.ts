import test, { type ExecutionContext } from 'ava';
import { goTestReader } from '../../src/logs/go-test.ts';

function counts(t: ExecutionContext, lines: readonly string[], passed: number, failing: number, skipped: number): void {
  const reader = goTestReader();
  for (const line of lines) reader.line(line);
  t.deepEqual(reader.progress().tests, { passed, failed: failing, skipped });
}

test(
  'a parent is not counted beside its subtests',
  counts,
  ['=== RUN   A', '=== RUN   A/x', '--- PASS: A (0.00s)', '    --- PASS: A/x (0.00s)'],
  1,
  0,
  0,
);
test(
  'nor where the lines that began them are missing',
  counts,
  ['--- PASS: A (0.00s)', '    --- PASS: A/x (0.00s)', '    --- PASS: A/y (0.00s)'],
  2,
  0,
  0,
);
test('a parent fails by itself', counts, ['=== RUN   A', '=== RUN   A/x', '--- FAIL: A (0.00s)', '    --- PASS: A/x (0.00s)'], 1, 1, 0);
test(
  'the innermost failure is the failure',
  counts,
  ['--- FAIL: A (0.00s)', '    --- FAIL: A/x (0.00s)', '        --- FAIL: A/x/1 (0.00s)'],
  0,
  1,
  0,
);
test('a test that runs twice counts twice', counts, ['=== RUN   A', '--- PASS: A (0.00s)', '=== RUN   A', '--- FAIL: A (0.00s)'], 1, 1, 0);
test(
  'words in the output of a test are not verdicts',
  counts,
  ['=== RUN   A', 'FAILED to connect, ok then', 'okay', '--- PASSED', 'ok', '--- PASS: A (0.00s)'],
  1,
  0,
  0,
);
