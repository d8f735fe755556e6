import { ClusterError } from '../../../core/cluster.ts';
import { ofStatus } from '../transport/cluster-error.ts';

/** The Status that ends an exec. */
export interface ExecStatus {
  readonly status?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly code?: number;
  readonly details?: { readonly causes?: readonly { readonly reason?: string; readonly message?: string }[] };
}

/** The command's exit code. @throws ClusterError where the Status says that there was none: the command could not be run. */
export function exitCodeOf(doing: string, status: ExecStatus): number {
  if (status.status === 'Success') return 0;
  const said = status.details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message;
  if (status.reason === 'NonZeroExitCode' && said !== undefined && /^\d+$/.test(said)) return Number(said);
  const error = ofStatus(doing, status);
  // No such program, or it may not be run: an InternalError like a node in trouble, but it stays so.
  if (!/OCI runtime exec failed/.test(error.message)) throw error;
  throw new ClusterError(error.message, { code: error.code, reason: error.reason, retry: false });
}
