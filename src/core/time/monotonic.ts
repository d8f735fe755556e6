/** Milliseconds of a clock that nobody sets: budgets and waits must not stretch when the time of day is corrected. */
export const now = (): number => performance.now();
