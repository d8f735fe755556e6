/** What clients need of a log: a sentence, and how bad it is. */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}
