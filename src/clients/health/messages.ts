/** The data passed to the watchdog on start. */
export interface WatchdogData {
  readonly memory: SharedArrayBuffer;
  readonly port?: number;
  readonly folder: string;
  readonly known: readonly string[];
  readonly limitMs: number;
}

/** What it reports once: that it has started, or why it cannot. */
export type FromWatchdog = { readonly port: number | undefined } | { readonly problem: string };

/** The global symbol of the main thread's function that returns the work in progress. */
export const workSymbol: unique symbol = Symbol.for('coxswain.work');
