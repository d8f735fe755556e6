/** Runs named work, so that it is known what was in progress if the event loop stalls. */
export type Doing = <T>(what: string, work: () => T) => T;
