import type { Doing } from '../core/concurrency/doing.ts';
import type { Reader } from '../core/logs.ts';
import type { Notices, RunMessages } from './chat/announcer.ts';
import type { CleanUpCluster } from './cleanup/clean-up.ts';
import type { Namespaces } from './cleanup/orphans.ts';
import type { OwnRecords } from './intake/own-commits.ts';
import type { PollPorts } from './intake/poll.ts';
import type { LastSeenHeads } from './intake/requests.ts';
import type { LogKeeper, LogSource } from './logs/log-follower.ts';
import type { KeptLogs } from './logs/log-tail.ts';
import type { Approvers, Assets, Changes, Freezes, Notes, ReleaseGithub } from './release/ports.ts';
import type { Manifests } from './stage/built-image.ts';
import type { CloneLogins } from './stage/clone-login.ts';
import type { Watches } from './stage/cluster-view.ts';
import type { StageReads } from './stage/observe-stage.ts';
import type { ExternalLogin } from './stage/registry-logins.ts';
import type { Creates, TemplateFiles } from './stage/start-stage.ts';
import type { Statuses } from './status/report-status.ts';
import type { Files } from './version/file-source.ts';

export interface Records extends LastSeenHeads, OwnRecords, Notices {
  forgetRun(id: string): Promise<void>;
}

export interface LogStore extends LogKeeper, KeptLogs {
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
  readonly logins: readonly ExternalLogin[];
}

/** Everything outside that the way of a run needs, each as the port that a step has declared. What is added to a step's own is passed on by itself. */
export interface Ports extends PollPorts {
  readonly cluster: Creates & CleanUpCluster & StageReads & LogSource & Watches & Namespaces;
  readonly registry: Manifests;
  readonly files: Files;
  readonly github?: Statuses;
  readonly runMessages: RunMessages;
  readonly records: Records;
  readonly logs: LogStore;
  readonly templates: TemplateFiles;
  /** Logins of git for pods; absent: none has any. */
  readonly clone?: CloneLogins;
  readonly release: ReleasePorts;
  readonly readerNamed: (name: string) => Reader;
  readonly redaction: () => (line: string) => string;
  /** Random; 20 lower-case hexadecimal digits. */
  readonly uid: () => string;
  readonly doing?: Doing;
}
