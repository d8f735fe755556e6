import { ClusterError } from '../../../core/cluster.ts';
import { ofStatus } from '../transport/cluster-error.ts';

/** The Status at the end of an exec. */
export interface ExecStatus {
  readonly status?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly code?: number;
  readonly details?: { readonly causes?: readonly { readonly reason?: string; readonly message?: string }[] };
}

/** The command's exit code. @throws ClusterError if the Status says that there is none: the command could not be run. */
export function exitCodeOf(doing: string, status: ExecStatus): number {
  if (status.status === 'Success') return 0;
  const exitCode = status.details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message;
  if (status.reason === 'NonZeroExitCode' && exitCode !== undefined && /^\d+$/.test(exitCode)) return Number(exitCode);
  const error = ofStatus(doing, status);
  // No such program, or it is not executable: an InternalError, like a node failure, but permanent.
  if (!/OCI runtime exec failed/.test(error.message)) throw error;
  throw new ClusterError(error.message, { code: error.code, reason: error.reason, retry: false });
}
