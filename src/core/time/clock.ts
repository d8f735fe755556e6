/** Milliseconds of a clock that nobody sets: budgets and waits must not stretch when the time of day is corrected. Only differences mean something. */
export const monotonic = (): number => performance.now();

/**
 * The time of day as this machine has it, which may be wrong, and may be set at any moment. For what this machine alone sees: its log, its files, a
 * date that a server has sent. What people are told and what is kept of a run has the time that the cluster tells, the `now` that is handed in.
 */
export const machineTime = (): Date => new Date(Date.now());
