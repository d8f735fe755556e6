/** The type with every part made writable, so that it can be compared to the inferred type of a schema. */
export type Plain<T> = T extends readonly (infer E)[] ? Plain<E>[] : T extends object ? { -readonly [K in keyof T]: Plain<T[K]> } : T;

/** Identical for the compiler, optional keys included, which mutual assignability would not see. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Accepts `true` only if the two types are the same, so the compiler detects differences between a schema and its type. */
export function isExact<A, B>(_same: Same<A, B>): void {}
