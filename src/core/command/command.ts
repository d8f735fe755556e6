import type { Cause } from '../logs.ts';
import type { Permission } from '../people/roles.ts';
import type { Freeze } from '../release/freeze.ts';
import type { Run } from '../run/run.ts';
import type { VersionReport } from '../version/version-report.ts';
import type { AuditEntry } from './audit.ts';

/** Who may use a command. */
export type Access = 'anyone' | 'operator';

/** What a user asked: the words after the command word, and where the request came from. */
export interface Invocation {
  readonly words: readonly string[];
  /** The whole text as typed, including the command word, without surrounding formatting or the bot's name. */
  readonly typed: string;
  /** Slack user id. */
  readonly user: string;
  /** Slack channel id. */
  readonly channel: string;
  /** Id of the request (trigger or event id): the same for every delivery of it. */
  readonly key: string;
  /** Slack timestamp of the thread's parent message, if the user asked in a thread. */
  readonly thread?: string;
  /** When the user acted: Slack's time of a button press, the time of receipt of a typed line. */
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
  /** Maximum length of the text in characters, if the command accepts longer text than others. */
  readonly longest?: number;
  /** Who may use it, for the help, if the command checks that itself. */
  readonly who?: string;
  /** It makes a decision, always or with certain arguments: who requested it and how it ended is recorded in the audit log. */
  readonly audited?: true | ((words: readonly string[]) => boolean);
  /** It reads only what is in memory: it is answered however many requests are in progress. */
  readonly light?: true;
  /** When it decides nothing, its answer is the same for every user: concurrent callers share one. */
  readonly shared?: true;
  run(ask: Invocation): Promise<Reply>;
}

/** What a command answers, as data; `messages` renders it. */
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
      /** Absent if there are more than are counted. */
      readonly total?: number;
      readonly cause?: Cause;
    }
  | { readonly kind: 'whoami'; readonly user: string; readonly operator: boolean; readonly why: string; readonly approver?: Permission }
  | { readonly kind: 'voted'; readonly run: Run; readonly complete: boolean; readonly missing: number; readonly frozen?: Freeze }
  | { readonly kind: 'rejected'; readonly run: Run }
  /** More input is needed: `says` is the command text to extend, `text` the current value. */
  | { readonly kind: 'asks'; readonly what: 'reason' | 'notes'; readonly run: Run; readonly says: string; readonly text: string }
  | { readonly kind: 'frozen'; readonly freezes: readonly Freeze[] }
  | { readonly kind: 'audit'; readonly entries: readonly AuditEntry[]; readonly of?: string }
  | { readonly kind: 'version'; readonly report: VersionReport }
  | { readonly kind: 'help'; readonly commands: readonly Command[] }
  | { readonly kind: 'unknown'; readonly word: string; readonly suggestion?: string };

/** How many runs were cancelled at once, and which could not be, each with the reason. */
export interface CancelledAll {
  readonly cancelled: number;
  readonly refused: readonly { readonly id: string; readonly why: string }[];
}

/** A repository is not polled until somebody sends `resume`. */
export interface Pause {
  readonly repository: string;
  /** Slack user id; `coxswain` if no user paused it. */
  readonly by: string;
  readonly at: string;
  readonly reason?: string;
}

/** What is known about a repository's polls. */
export interface PollStatus {
  readonly paused?: Pause;
  /** If several polls in a row failed, the first of them. */
  readonly lastPoll?: { readonly at: string; readonly error?: string };
}

export interface RepositoryStatus extends PollStatus {
  readonly name: string;
  /** Prefix of its run ids. */
  readonly short?: string;
  /** Who may approve its releases, if the repository configures that itself: Slack ids of users and user groups. */
  readonly approvers?: readonly string[];
  readonly branches: readonly { readonly name: string; readonly sha: string }[];
  readonly busy: readonly Run[];
  /** Approved releases that do not proceed, since something could not be told. */
  readonly held?: readonly Run[];
  readonly last?: Run;
}
