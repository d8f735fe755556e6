import { readFileSync } from 'node:fs';
import test, { type ExecutionContext } from 'ava';
import type { Reader } from '../../src/core/logs.ts';
import { goTestReader } from '../../src/logs/go-test.ts';

/** What go 1.26 printed for one module: with -v, without, and with -json. */
const logs = Object.fromEntries(
  ['verbose', 'quiet', 'json'].map((name) => [
    name,
    readFileSync(new URL(`fixtures/go-test-${name}.log`, import.meta.url), 'utf8')
      .trimEnd()
      .split('\n'),
  ]),
);
const failed = { container: 'test', exitCode: 1, reason: 'Error' };

function read(lines: readonly string[] | undefined): Reader {
  const reader = goTestReader();
  for (const line of lines ?? []) reader.line(line);
  return reader;
}

for (const name of ['verbose', 'json']) {
  test(`tests without subtests are counted, ${name}`, (t) => {
    const { tests, notes } = read(logs[name]).progress();
    t.deepEqual(tests, { passed: 9, failed: 4, skipped: 2 });
    t.deepEqual(notes, ['1 skipped: kubernetes specific testing disabled', '1 skipped: insufficient GPUs 1, needed 2']);
  });
}

test('without -v only failures are known, and no total is claimed', (t) => {
  const reader = read(logs.quiet);
  t.deepEqual(reader.progress().tests, { passed: 0, failed: 4, skipped: 0 });
  t.regex(reader.cause(failed).title, /^4 tests failed: /);
});

for (const name of ['verbose', 'quiet', 'json']) {
  test(`everything that went wrong is named, with its own lines, ${name}`, (t) => {
    const { kind, title, excerpt } = read(logs[name]).cause(failed);
    t.is(kind, 'test');
    t.regex(title, /failed: TestTable\/two_three, TestParent, TestParallel\/p1 and 1 more; example\.com\/greeter\/b does not compile;/);
    t.regex(title, /the tests timed out after 1s in TestHang\/inner$/);
    const text = excerpt.join('\n');
    t.true(excerpt.length <= 20);
    for (const line of [
      'b/b.go:2:23: undefined: undefinedThing',
      '  a_test.go:6: got "two three", want "2 3"',
      '  a_test.go:7: the parent itself failed',
    ]) {
      t.true(text.includes(line), `${line} in\n${text}`);
    }
    t.false(text.includes('/usr/local/go/src'), 'frames of Go itself are left out');
  });
}

test('the test that runs is shown while it runs', (t) => {
  t.is(read(['=== RUN   TestÄ', '    a_test.go:1: x']).progress().tests?.running, 'TestÄ');
  t.is(read(['=== RUN   TestÄ', '--- PASS: TestÄ (0.00s)']).progress().tests?.running, undefined);
  t.is(read(['{"Action":"run","Package":"a/b","Test":"TestX/y"}']).progress().tests?.running, 'TestX/y');
});

test('lines of parallel tests go to the test that they name', (t) => {
  const lines = [
    '=== RUN   A',
    '=== PAUSE A',
    '=== RUN   B',
    '=== PAUSE B',
    '=== CONT  A',
    '    of A',
    '=== NAME  B',
    '    of B',
    '--- FAIL: B (0.00s)',
    '--- PASS: A (0.00s)',
  ];
  t.deepEqual(read(lines).cause(failed).excerpt, ['--- FAIL: B', '  of B']);
});

test('of a chatty test the last lines are kept', (t) => {
  const lines = ['=== RUN   A', ...Array.from({ length: 1000 }, (_, index) => `    a_test.go:1: line ${index}`), '--- FAIL: A (0.00s)'];
  const { excerpt, title } = read(lines).cause(failed);
  t.is(title, '1 of 1 test failed: A');
  t.is(excerpt.at(-1), '  a_test.go:1: line 999');
  t.true(excerpt.length > 10 && excerpt.length <= 20);
});

test('a panic names its test, its message and the frames outside of Go', (t) => {
  const frames = [
    'testing.tRunner(0x1)',
    '\t/usr/local/go/src/testing/testing.go:2036 +0xea',
    'example.com/c.TestC(0x2)',
    '\t/source/c_test.go:3 +0x28',
  ];
  const lines = [
    '=== RUN   TestC',
    '--- FAIL: TestC (0.00s)',
    'panic: assignment to entry in nil map [recovered]',
    '',
    'goroutine 21 [running]:',
    ...frames,
    'FAIL\texample.com/c\t0.007s',
  ];
  const cause = read(lines).cause({ container: 'test', exitCode: 2 });
  t.is(cause.title, '1 of 1 test failed: TestC; TestC panicked: assignment to entry in nil map');
  t.deepEqual(cause.excerpt.slice(0, 3), [
    'panic: assignment to entry in nil map [recovered]',
    'example.com/c.TestC(0x2)',
    '\t/source/c_test.go:3',
  ]);
});

test('only the compiler complained', (t) => {
  const cause = read([
    '# example.com/b [example.com/b.test]',
    './b.go:2:23: undefined: x',
    'FAIL\texample.com/b [build failed]',
    'FAIL',
  ]).cause(failed);
  t.like(cause, { kind: 'compile', title: 'example.com/b does not compile' });
  t.deepEqual(cause.excerpt, ['# example.com/b [example.com/b.test]', './b.go:2:23: undefined: x']);
});

test('out of memory while a test ran', (t) => {
  const cause = read(['=== RUN   TestGPU', 'loading the model']).cause({ container: 'test', exitCode: 137, reason: 'OOMKilled' });
  t.is(cause.kind, 'oom');
  t.regex(cause.title, /^test ran out of memory.*, while TestGPU was running$/);
  t.deepEqual(cause.excerpt, ['loading the model']);
});

test('a log with no test in it is read as any log', (t) => {
  const cause = read(['starting', 'sh: ./test.sh: not found']).cause({ container: 'test', exitCode: 127 });
  t.is(cause.title, 'test exited with 127: a command was not found: sh: ./test.sh: not found');
});

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
