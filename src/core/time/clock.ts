/** Milliseconds on a monotonic clock: budgets and waits must not stretch when the wall clock is adjusted. Only differences have meaning. */
export const monotonic = (): number => performance.now();

/**
 * This machine's wall clock, which may be wrong and may be adjusted at any time. Only for what concerns this machine: its log, its files,
 * a date sent by a server. Times shown to users or stored in a run come from the cluster's clock, the injected `now`.
 */
export const machineTime = (): Date => new Date(Date.now());
