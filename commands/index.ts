import type { Command } from '../src/core/command/command.ts';
import type { Roles } from '../src/core/people/roles.ts';
import type { KnownRuns } from '../src/core/run/find-run.ts';
import { type Approves, approve } from './approve.ts';
import { type Audits, audit } from './audit.ts';
import { type Cancels, cancel } from './cancel.ts';
import { type Freezes, freeze, type Repositories } from './freeze.ts';
import { help } from './help.ts';
import { type Logs, logs } from './logs.ts';
import { type EditsNotes, notes } from './notes.ts';
import { type Polls, pause } from './pause.ts';
import { type Rejects, reject } from './reject.ts';
import { resume } from './resume.ts';
import { type Retries, retry, type TriesAgain } from './retry.ts';
import { run, type Starts } from './run.ts';
import { runs } from './runs.ts';
import { status } from './status.ts';
import { unfreeze } from './unfreeze.ts';
import { type VersionBumps, version } from './version.ts';
import { whoami } from './whoami.ts';

/** Everything that the commands need from the rest of the application. */
export interface Ports {
  readonly pipeline: Starts & Repositories & KnownRuns & Logs & Cancels & Retries & VersionBumps;
  readonly roles: Roles;
  readonly decisions: Approves & Rejects & EditsNotes & TriesAgain;
  readonly freezes: Freezes;
  readonly polls: Polls;
  readonly audit: Audits;
}

/** All commands, in the order of the help. */
export function commands({ pipeline, roles, decisions, freezes, polls, audit: audits }: Ports): Command[] {
  const list: Command[] = [
    run(pipeline),
    status(pipeline),
    runs(pipeline),
    logs(pipeline),
    cancel(pipeline),
    retry(pipeline, decisions),
    approve(pipeline, decisions, freezes),
    reject(pipeline, decisions),
    notes(pipeline, decisions),
    freeze(pipeline, freezes, roles),
    unfreeze(pipeline, freezes, roles),
    pause(pipeline, polls),
    resume(pipeline, polls),
    audit(pipeline, audits),
    version(pipeline, roles),
    whoami(roles),
    help(() => list, pipeline),
  ];
  return list;
}
