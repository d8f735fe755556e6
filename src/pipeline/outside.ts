import type { JobView, PodView } from '../core/cluster.ts';
import type { Reader } from '../core/logs.ts';
import type { Board, Notices } from './announce.ts';
import type { Removes } from './clean-up.ts';
import type { CloneLogins } from './clone-login.ts';
import type { Files } from './file-source.ts';
import type { LogKeeper, LogSource } from './log-follower.ts';
import type { KeptLogs } from './log-tail.ts';
import type { Looks, Manifests } from './observe-stage.ts';
import type { Namespaces } from './orphans.ts';
import type { OwnRecords } from './own-commits.ts';
import type { Assets, Notes, ReleaseGithub } from './release-github.ts';
import type { Freezes } from './release-step.ts';
import type { Changes } from './release-vote.ts';
import type { Statuses } from './report-status.ts';
import type { Git, SeenHeads } from './requests.ts';
import type { OutsideLogin } from './run-objects.ts';
import type { Creates, TemplateFiles } from './start-stage.ts';
import type { Approvers } from './voters.ts';

/** Hears of Jobs and pods. `trouble`: why the cluster cannot be seen at present; undefined: it can be seen again. */
export interface Watches {
  watch(on: {
    job(view: JobView, gone: boolean): void;
    pod(view: PodView, gone: boolean): void;
    trouble(message: string | undefined): void;
  }): Watch;
}

export interface Watch {
  readonly synced: Promise<void>;
  stop(): void;
}

export interface Records extends SeenHeads, OwnRecords, Notices {
  forgetRun(id: string): Promise<void>;
}

export interface Logs extends LogKeeper, KeptLogs {
  forget(run: string): Promise<void>;
}

/** What releases need beside that. */
export interface ReleasePorts {
  readonly github?: ReleaseGithub;
  readonly changes: Changes;
  readonly assets: Assets;
  readonly notes: Notes;
  readonly freezes: Freezes;
  readonly approvers: Approvers;
  /** Registries outside of the cluster, with who the bot is there. */
  readonly logins: readonly OutsideLogin[];
}

/** Everything outside that the way of a run needs, each as the port that a step has declared. */
export interface Outside {
  readonly cluster: Creates & Removes & Looks & LogSource & Watches & Namespaces;
  readonly registry: Manifests;
  readonly git: Git;
  readonly files: Files;
  readonly github?: Statuses;
  readonly board: Board;
  readonly records: Records;
  readonly logs: Logs;
  readonly templates: TemplateFiles;
  /** Logins of git for pods; absent: none has any. */
  readonly clone?: CloneLogins;
  readonly release: ReleasePorts;
  readonly readerNamed: (name: string) => Reader;
  readonly redaction: () => (line: string) => string;
  readonly now: () => Date;
  /** Random; 20 lower-case hexadecimal digits. */
  readonly uid: () => string;
  readonly log: (message: string) => void;
  /** Does a piece of work under a name by which it is known what goes on. */
  readonly doing?: <T>(what: string, work: () => T) => T;
}
