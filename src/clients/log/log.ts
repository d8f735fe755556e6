import { visibleText } from '../../core/text/visible.ts';
import { machineTime } from '../../core/time/clock.ts';

/** What clients need of a log: a sentence, and how bad it is. */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** One entry of the log of the process: time, level, sentence. What strangers wrote moves no cursor in it, and makes no line of its own. */
export function logLine(level: string, message: string): string {
  return `${machineTime().toISOString()} ${level.padEnd(5)} ${visibleText(message).replaceAll('\n', '\n  ')}\n`;
}
