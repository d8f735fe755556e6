/** Where the API server gets a container's log from: the node. */
import type { LogFile } from './log-file.ts';

export interface LogSource {
  /** The log of a container's present try, or of the one before it; undefined where it never ran. */
  logOf(podUid: string, container: string, previous?: boolean): LogFile | undefined;
}
