/** What the watchdog is given at its start. */
export interface WatchdogData {
  readonly memory: SharedArrayBuffer;
  readonly port?: number;
  readonly folder: string;
  readonly known: readonly string[];
  readonly limitMs: number;
}

/** What it says once: that it has begun, or why it cannot. */
export type FromWatchdog = { readonly port: number | undefined } | { readonly problem: string };

/** Under it the main thread has a function that names the work under way. */
export const workSymbol: unique symbol = Symbol.for('coxswain.work');
