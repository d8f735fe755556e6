/** Makisu's log: one line for each thing that happens, written to stderr although the flag calls it stdout. */
export interface Log {
  info(message: string, fields?: Readonly<Record<string, number>>): void;
  warn(message: string): void;
  error(message: string): void;
}

const levels = ['debug', 'info', 'warn', 'error'];
const colours: Record<string, number> = { info: 34, warn: 33, error: 31 };

export interface LogOptions {
  /** `json` or `console`. */
  readonly format: string;
  /** The lowest level that is written. */
  readonly level: string;
  readonly write: (text: string) => void;
}

export function openLog({ format, level, write }: LogOptions): Log {
  const lowest = levels.indexOf(level);
  const line = format === 'console' ? consoleLine : jsonLine;
  const log =
    (name: string) =>
    (message: string, fields: Readonly<Record<string, number>> = {}) => {
      if (levels.indexOf(name) >= lowest) write(`${line(name, performance.timeOrigin + performance.now(), message, fields)}\n`);
    };
  return { info: log('info'), warn: log('warn'), error: log('error') };
}

/** As zap writes it: seconds with fractions, numbers never in scientific notation. */
function jsonLine(level: string, now: number, message: string, fields: Readonly<Record<string, number>>): string {
  const rest = Object.entries(fields).map(([name, value]) => `,"${name}":${plainNumber(value)}`);
  return `{"level":"${level}","ts":${plainNumber(now / 1000, 7)},"msg":${JSON.stringify(message)}${rest.join('')}}`;
}

function consoleLine(level: string, now: number, message: string, fields: Readonly<Record<string, number>>): string {
  const time = new Date(now).toISOString().replace('Z', '+0000');
  const rest = Object.keys(fields).length === 0 ? '' : `\t${JSON.stringify(fields)}`;
  return `${time}\t\u001b[${colours[level]}m${level.toUpperCase()}\u001b[0m\t${message}${rest}`;
}

const plainNumber = (value: number, digits = 9): string => value.toFixed(digits).replace(/\.?0{1,20}$/, '');

/** Seconds since a moment that `performance.now()` gave. */
export const secondsSince = (start: number): number => (performance.now() - start) / 1000;
