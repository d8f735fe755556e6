import test from 'ava';
import { lineRedactor } from '../../src/core/redaction/redactor.ts';
import { readers } from '../../src/logs/readers.ts';
import { hostileLines } from '../fixtures/hostile-said.ts';

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
  const found = long.map((line, index) => ({ line: line.slice(0, 60), less: spent(short[index] ?? ''), ms: spent(line) }));
  const worst = found.toSorted((a, b) => b.ms - a.ms)[0];
  t.log(`the slowest takes ${worst?.ms.toFixed(1)} ms: ${worst?.line}`);
  // Below 10 ms each where nothing else runs; a square would take sixteen times the shorter line, and hundreds of ms.
  const slow = found.filter(({ less, ms }) => ms > 30 || (ms > 5 && ms / Math.max(less, 0.3) > 10));
  t.deepEqual(slow, []);
});
