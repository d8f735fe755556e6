import test from 'ava';
import { lineRedactor } from '../../src/core/redaction/redactor.ts';
import { readerNamed, readers } from '../../src/logs/readers.ts';
import { computing } from '../fixtures/computing.ts';
import { hostileLines } from '../fixtures/hostile-said.ts';

const megabytes = 8;

/** Lines that keep a reader busy: new names, new numbers, errors among them. */
function* lines(reader: string): Generator<string> {
  for (let n = 0; ; n++) {
    if (reader === 'makisu')
      yield `{"level":"${n % 5 ? 'info' : 'error'}","ts":1795522038.5,"msg":"cc -c module_${n}.c -o module_${n}.o and what else is in such a line\\n"}`;
    else if (reader === 'go-test')
      yield n % 2 ? `    a_test.go:${n}: checking that number ${n} is as it should be` : `=== RUN   Test${n % 3 ? `Table/case_${n}` : n}`;
    else yield `2026-11-24T12:00:00Z ${n % 7 ? 'info' : 'error:'} module ${n} of the program says something that fills a line`;
  }
}

for (const name of Object.keys(readers)) {
  test.serial(`${megabytes} MB are read in a moment and kept in little memory: ${name}`, (t) => {
    const reader = readerNamed(name);
    const source = lines(name);
    if (name === 'makisu') reader.line('{"level":"info","ts":1,"msg":"* Step 1/2 (modifyfs) : RUN make  (62a18a32)"}');
    const before = process.memoryUsage().heapUsed;
    const ms = computing(() => {
      for (let bytes = 0; bytes < megabytes * 1e6; ) {
        const line = source.next().value as string;
        bytes += line.length;
        reader.line(line);
      }
    });
    t.log(`${Math.round(ms)} ms`);
    t.true(ms < 3200, `${ms} ms`);
    t.true(process.memoryUsage().heapUsed - before < 60e6);
    t.true(reader.cause({ container: 'x', exitCode: 1 }).excerpt.length <= 20);
  });
}

test('a line of 20 MB without an end is read in a moment', (t) => {
  for (const name of Object.keys(readers)) {
    const reader = readerNamed(name);
    const ms = computing(() => {
      reader.line('error '.repeat(3_500_000));
      reader.line(`{"level":"error","ts":1,"msg":"${'x\\n'.repeat(7_000_000)}`);
    });
    t.true(ms < 3000, `${name}: ${ms} ms`);
  }
});

const secrets = ['hunter2hunter2', 'xoxb-123456789-abcdefghij', 'a pass phrase of words'];

/** Everything that a line of a log goes through. */
function through(line: string): void {
  const redacted = lineRedactor(secrets)(line);
  for (const make of Object.values(readers)) {
    const reader = make();
    reader.line(redacted);
    reader.shown(redacted);
    reader.progress();
    reader.cause({ container: 'main', exitCode: 1 });
  }
}

/** Milliseconds of processor time, the least of some tries. */
function spent(line: string): number {
  const times = Array.from({ length: 5 }, () => {
    const start = process.cpuUsage();
    through(line);
    return process.cpuUsage(start).user / 1000;
  });
  return Math.min(...times);
}

test('a line of 64 KiB passes redaction and all readers in a time that grows with its length', (t) => {
  const [short, long] = [hostileLines(16 * 1024), hostileLines(64 * 1024)];
  for (const line of long) through(line);
  const measured = (index: number) => {
    const [less, ms] = [spent(short[index] ?? ''), spent(long[index] ?? '')];
    return { index, line: long[index]?.slice(0, 60), less, ms };
  };
  const found = long.map((_, index) => measured(index));
  const worst = found.toSorted((a, b) => b.ms - a.ms)[0];
  t.log(`the slowest takes ${worst?.ms.toFixed(1)} ms: ${worst?.line}`);
  // Below 10 ms each where nothing else runs; a square would take sixteen times the shorter line, and hundreds of ms.
  const isSlow = ({ less, ms }: { less: number; ms: number }) => ms > 30 || (ms > 5 && ms / Math.max(less, 0.3) > 10);
  // What else the machine does slows one measurement down, a square every one.
  const slow = found.filter(isSlow).filter(({ index }) => [1, 2, 3].every(() => isSlow(measured(index))));
  t.deepEqual(slow, []);
});
