import test, { type ExecutionContext } from 'ava';
import { UserError } from '../../src/core/errors.ts';
import { clean } from '../../src/logs/clean.ts';
import { readerNamed, readers } from '../../src/logs/readers.ts';

const failed = { container: 'job', exitCode: 1 };

function excerpt(reader: string, lines: readonly string[]): readonly string[] {
  const one = readerNamed(reader);
  for (const line of lines) one.line(line);
  return one.cause(failed).excerpt;
}

const noise = (count: number) => Array.from({ length: count }, (_, index) => `compiling module ${index}, 0 errors`);

function tells(t: ExecutionContext, line: string): void {
  const found = excerpt('plain', [...noise(50), 'before it', line, 'after it', ...noise(50)]);
  t.true(found.join('\n').includes(`before it\n${line}\nafter it`), found.join('\n'));
}

test('an error of a compiler', tells, "main.c:3:5: error: 'x' undeclared");
test('an exception of Java', tells, 'Exception in thread "main" java.lang.NullPointerException');
test('an error of Python', tells, "ModuleNotFoundError: No module named 'torch'");
test('an error of Node', tells, 'TypeError: x is not a function');
test('a log line at level error', tells, 'time=2026-11-24 level=error msg="lost the connection"');
test('a shell that does not find a command', tells, 'sh: 1: maek: not found');
test('a panic', tells, 'panic: runtime error: index out of range');
test('a full disk', tells, 'write /x: no space left on device');

test('a log without any error gives its last lines', (t) => {
  const found = excerpt('plain', [...noise(100), '', 'the end', '']);
  t.is(found.at(-1), 'the end');
  t.is(found.length, 20);
});

test('the same complaint is said once', (t) => {
  const found = excerpt(
    'plain',
    Array.from({ length: 500 }, (_, index) => `error: cannot reach 10.0.0.${index} at ${index} s`),
  );
  t.true(found.filter((line) => line.includes('cannot reach 10.0.0.0 ')).length === 1);
  t.true(found.length < 10, found.join('\n'));
});

test('an excerpt has at most 20 lines of at most 300 characters', (t) => {
  for (const name of Object.keys(readers)) {
    const lines = Array.from(
      { length: 2000 },
      (_, index) => `${String.fromCharCode(97 + (index % 26)).repeat(index % 40)} error: ${'x'.repeat(5000)}`,
    );
    const found = excerpt(name, lines);
    t.true(found.length > 0 && found.length <= 20, name);
    t.true(
      found.every((line) => line.length <= 300),
      name,
    );
  }
});

test('an empty log is said to be empty', (t) => {
  t.deepEqual(readerNamed('plain').cause({ container: 'job' }), {
    kind: 'unknown',
    title: 'job failed',
    excerpt: [],
    next: 'It logged nothing: check the pod and its events.',
  });
});

test('colours, overwritten progress and control characters are removed', (t) => {
  t.is(clean('\u001b[1;31merror\u001b[0m: \u0007x\u001b]0;title\u0007'), 'error: x');
  t.is(clean('10%\r55%\r100%\r'), '100%');
  t.is(clean('a\tb\u202ec'), 'a\tbc');
  t.is(clean('x'.repeat(10_000)).length, 4000);
});

test('an unknown reader is refused with the names of those that are there', (t) => {
  const error = t.throws(() => readerNamed('constructor'), { instanceOf: UserError });
  t.is(error.message, `There is no log reader "constructor": coxswain/reader must be one of ${Object.keys(readers).join(', ')}.`);
});
