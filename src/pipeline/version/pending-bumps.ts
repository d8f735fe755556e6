import type { PendingBump } from '../../core/version/pending-bump.ts';
import type { Bump } from '../../core/version/version.ts';

/** Stores the bump that was begun on a branch; undefined: none. */
export interface BumpRecords {
  pendingBump(repository: string, branch: string): PendingBump | undefined;
  bumping(repository: string, branch: string, bump: PendingBump | undefined): Promise<void>;
}

/** Within this time, the same request counts as a repetition. Whoever asks later than that means another bump. */
const repeatMs = 3_600_000;

/** The bump of that kind that was begun on the branch a short time ago, and whose outcome nobody was told. */
export function repeatedBump(
  records: BumpRecords | undefined,
  { repository, branch, kind, now }: { readonly repository: string; readonly branch: string; readonly kind: Bump; readonly now: Date },
): PendingBump | undefined {
  const pending = records?.pendingBump(repository, branch);
  const isRecent = pending !== undefined && Math.abs(now.getTime() - Date.parse(pending.at)) < repeatMs;
  return isRecent && pending.kind === kind ? pending : undefined;
}
