import { visibleText } from '../../core/text/visible.ts';
import { machineTime } from '../../core/time/clock.ts';

/** What clients need from a log: messages with a severity. */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** One entry of the process log: time, level, message. Untrusted text can neither move the cursor nor forge a log line. */
export function logLine(level: string, message: string): string {
  return `${machineTime().toISOString()} ${level.padEnd(5)} ${visibleText(message).replaceAll('\n', '\n  ')}\n`;
}
