/** Does a piece of work under a name, by which it is known what was under way where the event loop stands still. */
export type Doing = <T>(what: string, work: () => T) => T;
