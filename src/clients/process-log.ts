import { visibleText } from '../core/visible.ts';
import type { Log } from './log.ts';

const levels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof levels)[number];

/** The log of the process on standard output, a line each: time, level, sentence. Secrets are taken out before it is written. */
export function processLog(least: LogLevel, redact: (text: string) => string): Log {
  const write = (level: LogLevel) => (message: string) => {
    if (levels.indexOf(level) < levels.indexOf(least)) return;
    process.stdout.write(`${new Date().toISOString()} ${level.padEnd(5)} ${plain(redact(message)).replaceAll('\n', '\n  ')}\n`);
  };
  return { info: write('info'), warn: write('warn'), error: write('error') };
}

/** What strangers wrote must not move the cursor of whoever reads the log, or look like a line of its own. */
function plain(text: string): string {
  return visibleText(text);
}
