import type { Doing } from '../core/concurrency/doing.ts';
import type { AnnouncerOptions } from './chat/announcer.ts';
import type { CleanUpPorts } from './cleanup/clean-up.ts';
import type { OrphanPorts } from './cleanup/orphans.ts';
import type { OwnRecords } from './intake/own-commits.ts';
import type { PollPorts } from './intake/poll.ts';
import type { RequestPorts } from './intake/requests.ts';
import type { KeptLogs } from './logs/log-tail.ts';
import type { LogPorts } from './logs/stage-logs.ts';
import type { Tags } from './release/image-tags.ts';
import type { Approvers, Assets, Changes, Freezes, Notes, ReleaseGithub } from './release/ports.ts';
import type { LoginPorts } from './stage/clone-login.ts';
import type { Watches } from './stage/cluster-view.ts';
import type { ObservePorts } from './stage/observe-stage.ts';
import type { ExternalLogin } from './stage/registry-logins.ts';
import type { StartPorts } from './stage/start-stage.ts';
import type { Statuses } from './status/report-status.ts';
import type { BumpRecords } from './version/pending-bumps.ts';
import type { VersionPorts } from './version/versions.ts';

/** What is stored besides runs. */
export interface Records extends OwnRecords, BumpRecords {
  forgetRun(id: string): Promise<void>;
}

export interface LogStore extends KeptLogs {
  forget(run: string): Promise<void>;
}

/** What releases need in addition. */
export interface ReleasePorts {
  readonly github?: ReleaseGithub;
  readonly changes: Changes;
  readonly assets: Assets;
  readonly notes: Notes;
  readonly freezes: Freezes;
  readonly approvers: Approvers;
  /** Registries outside the cluster, with the bot's credentials there. */
  readonly logins: readonly ExternalLogin[];
}

/** Everything external that a run needs: the ports that its steps declare, and those that belong to no single step. */
export type Ports = PollPorts &
  RequestPorts &
  VersionPorts &
  StartPorts &
  ObservePorts &
  LoginPorts &
  LogPorts &
  Pick<AnnouncerOptions, 'runMessages' | 'records'> &
  CleanUpPorts &
  OrphanPorts & {
    readonly cluster: Watches;
    readonly registry: Tags;
    readonly github?: Statuses;
    readonly records: Records;
    readonly logs: LogStore;
    readonly release: ReleasePorts;
    readonly doing?: Doing;
  };
