import type { Bump } from './version.ts';

/** A bump that was begun, and whose outcome is not known: a crash or a lost answer may hide that it was written. */
export interface PendingBump {
  readonly kind: Bump;
  /** The version before it. */
  readonly from: string;
  /** The version it writes. */
  readonly version: string;
  /** The commit that it was to be written on top of. */
  readonly parent: string;
  /** ISO 8601. */
  readonly at: string;
}
