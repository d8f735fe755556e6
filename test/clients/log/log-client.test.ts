import { execFileSync } from 'node:child_process';
import test from 'ava';

const module = new URL('../../../src/clients/log/log-client.ts', import.meta.url).href;

/** What the log writes to standard output, of a process of its own. */
function written(message: string): string {
  const script = `import { processLog } from ${JSON.stringify(module)};
    processLog('info', (text) => text.replaceAll('hunter2', '[redacted]')).info(${JSON.stringify(message)});`;
  return execFileSync(process.execPath, ['--no-warnings', '--input-type=module', '--eval', script], { encoding: 'utf8' });
}

test('a line has time, level and message, without secrets', (t) => {
  t.regex(written('login hunter2'), /^\d{4}-\d\d-\d\dT[\d:.]+Z info {2}login \[redacted\]\n$/);
});

test('what strangers wrote moves no cursor and makes no line of its own', (t) => {
  const line = written('fix\u001b[2K\r2026-01-01T00:00:00Z info  all is well\u009b1A\u202egnp\u2028x\nlast');
  for (const char of ['\u001b', '\r', '\u009b', '\u202e', '\u2028']) t.false(line.includes(char));
  t.true(line.endsWith('\n  last\n'));
});
