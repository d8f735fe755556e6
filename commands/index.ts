import type { Command } from '../src/core/command.ts';
import type { KnownRuns } from '../src/core/find-run.ts';
import type { Roles } from '../src/core/roles.ts';
import { type Cancels, cancel } from './cancel.ts';
import { help } from './help.ts';
import { type Logs, logs } from './logs.ts';
import { type Retries, retry } from './retry.ts';
import { run, type Starts } from './run.ts';
import { runs } from './runs.ts';
import { type Status, status } from './status.ts';
import { type Versions, version } from './version.ts';
import { whoami } from './whoami.ts';

/** All that the commands need from the rest. */
export interface Ports {
  readonly pipeline: Starts & Status & KnownRuns & Logs & Cancels & Retries & Versions;
  readonly roles: Roles;
}

/** What people can say, in the order of the help. */
export function commands({ pipeline, roles }: Ports): Command[] {
  const list: Command[] = [
    run(pipeline),
    status(pipeline),
    runs(pipeline),
    logs(pipeline),
    cancel(pipeline),
    retry(pipeline),
    version(pipeline, roles),
    whoami(roles),
    help(() => list),
  ];
  return list;
}
