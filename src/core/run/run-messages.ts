import type { Posted } from '../chat.ts';
import type { Notice } from '../notice.ts';
import type { Run, ThreadPost } from './run.ts';

/** Where runs are shown: one message each, with a thread. Any method may throw the errors of `core/chat`. */
export interface RunMessages {
  /** @throws RateLimited | MaybeSent | Refused */
  post(run: Run): Promise<Posted>;
  /** @throws RateLimited | MaybeSent | MessageGone | Refused */
  update(run: Run, at: Posted): Promise<void>;
  /** The run's message, if it was posted although the response got lost. */
  find(run: Run): Promise<Posted | undefined>;
  /** Posts an item, such as the cause of a failed stage or a log as a file, in the run's thread. */
  reply(run: Run, at: Posted, item: ThreadPost, log?: { name: string; text: string }): Promise<void>;
  hasReply(run: Run, at: Posted, item: ThreadPost): Promise<boolean>;
  /** Notifies a channel of branches that got no run. */
  tell(notice: Notice): Promise<unknown>;
  hasTold(notice: Notice): Promise<boolean>;
}
