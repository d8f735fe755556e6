import { readFileSync } from 'node:fs';
import test from 'ava';
import { makisuReader } from '../../src/logs/makisu.ts';

const line = (level: string, msg: string, more = {}) => JSON.stringify({ level, ts: 1795521969.7, msg, ...more });
const shown = (text: string) => makisuReader().shown(text);
const reads = test.macro((t, text: string, ...wanted: string[]) => t.deepEqual(shown(text), wanted));

test('of JSON the message is read', reads, line('info', '* Step 1/2 : FROM scratch', { duration: 0.01 }), '* Step 1/2 : FROM scratch');
test('a warning and an error say so', reads, line('warn', 'No redis'), 'warn: No redis');
test('what a RUN prints is no error because of its stream', reads, line('error', 'go: downloading x\n'), 'go: downloading x');
test('what it prints at once are several lines', reads, line('info', 'a\n\n  b\n'), 'a', '', '  b');
test('fields that nobody knows are kept', reads, line('error', 'push failed', { status: 502 }), 'error: push failed status=502');
test('colours are taken out', reads, line('info', '\u001b[31mred\u001b[0m\n'), 'red');
test(
  'a line that was cut on its way is read as far as it goes',
  reads,
  '{"level":"error","ts":17.5,"msg":"half a \\"messa',
  'error: half a "messa',
);
test('any other line is as it was', reads, 'panic: {"level":"x"}', 'panic: {"level":"x"}');
test('so is JSON of another kind', reads, '{"level":"info","message":"x"}', '{"level":"info","message":"x"}');

test('no line of a real log is left as JSON', (t) => {
  for (const name of ['makisu-first-build', 'makisu-failing-run', 'makisu-push-refused']) {
    const log = readFileSync(new URL(`fixtures/${name}.log`, import.meta.url), 'utf8').split('\n');
    t.notRegex(log.flatMap(shown).join('\n'), /"level":/, name);
  }
});
