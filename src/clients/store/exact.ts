/** The type with every part of it writable, so that a type and what a schema gives can be compared. */
export type Plain<T> = T extends readonly (infer E)[] ? Plain<E>[] : T extends object ? { -readonly [K in keyof T]: Plain<T[K]> } : T;

/** Identical for the compiler, optional keys included, which mutual assignability would not see. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Takes `true` only where the two types are the same: the compiler then finds where a schema and its type differ. */
export function isExact<A, B>(_same: Same<A, B>): void {}
