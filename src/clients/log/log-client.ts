import { type Log, logLine } from './log.ts';

const levels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof levels)[number];

/** The log of the process on stdout. Secrets are redacted before it is written. */
export function processLog(least: LogLevel, redact: (text: string) => string): Log {
  const write = (level: LogLevel) => (message: string) => {
    if (levels.indexOf(level) >= levels.indexOf(least)) process.stdout.write(logLine(level, redact(message)));
  };
  return { info: write('info'), warn: write('warn'), error: write('error') };
}
