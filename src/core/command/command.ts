import type { Cause } from '../logs.ts';
import type { Permission } from '../people/roles.ts';
import type { Freeze } from '../release/freeze.ts';
import type { Run } from '../run/run.ts';
import type { VersionReport } from '../version/version-report.ts';
import type { AuditEntry } from './audit.ts';

/** Who may use a command. */
export type Access = 'anyone' | 'operator';

/** What a person asked: the words after the command word, and where it came from. */
export interface Invocation {
  readonly words: readonly string[];
  /** All that was said, command word and all, as it was typed, without what only wraps or addresses it. */
  readonly typed: string;
  /** Slack user id. */
  readonly user: string;
  /** Slack channel id. */
  readonly channel: string;
  /** Id of the request (trigger or event id): the same for a repeated delivery of it. */
  readonly key: string;
  /** Slack timestamp of the message in whose thread the person asked, where it was a thread. */
  readonly thread?: string;
  /** When the person acted: Slack's time of a press, the receipt of a typed line. */
  readonly at: Date;
}

/** A command is a value; help, access check and parser read it. */
export interface Command {
  readonly name: string;
  /** `run <repository> [branch]` */
  readonly usage: string;
  readonly summary: string;
  readonly examples?: readonly string[];
  readonly access: Access;
  /** Most characters that can be said at once with it, where it takes a longer text than others. */
  readonly longest?: number;
  /** Who may use it, for the help, where the command itself judges that. */
  readonly who?: string;
  /** It decides something, or does so with such words after it: who said it and how it ended is kept in the audit. */
  readonly audited?: true | ((words: readonly string[]) => boolean);
  /** It looks at what is in memory alone: it is answered however much is under way. */
  readonly light?: true;
  /** Where it decides nothing, its answer is the same whoever asks: those who ask at once share one. */
  readonly shared?: true;
  run(ask: Invocation): Promise<Reply>;
}

/** What a command answers, as data; `messages` words it. */
export type Reply =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'started'; readonly run: Run; readonly isNew: boolean }
  | { readonly kind: 'cancelled'; readonly run: Run }
  | ({ readonly kind: 'cancelledAll'; readonly repository: string; readonly branches?: string } & CancelledAll)
  | { readonly kind: 'runs'; readonly title: string; readonly runs: readonly Run[]; readonly more: number }
  | { readonly kind: 'run'; readonly run: Run }
  | { readonly kind: 'status'; readonly repositories: readonly RepositoryStatus[] }
  | {
      readonly kind: 'logs';
      readonly run: Run;
      readonly stage: string;
      readonly lines: readonly string[];
      /** Absent where there are more than are counted. */
      readonly total?: number;
      readonly cause?: Cause;
    }
  | { readonly kind: 'whoami'; readonly user: string; readonly operator: boolean; readonly why: string; readonly approver?: Permission }
  | { readonly kind: 'voted'; readonly run: Run; readonly complete: boolean; readonly missing: number; readonly frozen?: Freeze }
  | { readonly kind: 'rejected'; readonly run: Run }
  /** More is needed than was said: `says` is what it lengthens, `text` what stands there at present. */
  | { readonly kind: 'asks'; readonly what: 'reason' | 'notes'; readonly run: Run; readonly says: string; readonly text: string }
  | { readonly kind: 'frozen'; readonly freezes: readonly Freeze[] }
  | { readonly kind: 'audit'; readonly entries: readonly AuditEntry[]; readonly of?: string }
  | { readonly kind: 'version'; readonly report: VersionReport }
  | { readonly kind: 'help'; readonly commands: readonly Command[] }
  | { readonly kind: 'unknown'; readonly word: string; readonly suggestion?: string };

/** How many runs were cancelled at once, and which could not be, with the reason of each. */
export interface CancelledAll {
  readonly cancelled: number;
  readonly refused: readonly { readonly id: string; readonly why: string }[];
}

/** A repository is not polled until somebody says `resume`. */
export interface Pause {
  readonly repository: string;
  /** Slack user id; `coxswain` where nobody has said it. */
  readonly by: string;
  readonly at: string;
  readonly reason?: string;
}

/** What is known of the polls of a repository. */
export interface PollStatus {
  readonly paused?: Pause;
  /** Of several polls that failed one after another the first. */
  readonly lastPoll?: { readonly at: string; readonly error?: string };
}

export interface RepositoryStatus extends PollStatus {
  readonly name: string;
  /** First part of its run ids. */
  readonly short?: string;
  /** Who may approve its releases, where it names them itself: Slack ids of users and user groups. */
  readonly approvers?: readonly string[];
  readonly branches: readonly { readonly name: string; readonly sha: string }[];
  readonly busy: readonly Run[];
  readonly last?: Run;
}
