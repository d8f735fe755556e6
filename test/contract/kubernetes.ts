import type { TestFn } from 'ava';
import { apply } from './kubernetes/apply.ts';
import { collecting } from './kubernetes/collect.ts';
import { exec } from './kubernetes/exec.ts';
import { jobs } from './kubernetes/jobs.ts';
import { logs } from './kubernetes/logs.ts';
import { objects } from './kubernetes/objects.ts';
import { unstarted } from './kubernetes/unstarted.ts';
import { volumes } from './kubernetes/volumes.ts';
import { watch } from './kubernetes/watch.ts';
import { type Connection, World } from './kubernetes/world.ts';

/** What coxswain relies on in Kubernetes, tried on the cluster that `connect` gives. */
export function kubernetesContract(test: TestFn, connect: () => Promise<Connection>): void {
  let connection: Connection | undefined;
  let world: World | undefined;
  test.before(async () => {
    connection = await connect();
    world = new World(connection);
  });
  test.after.always(async () => {
    await world?.close();
    await connection?.close?.();
  });
  for (const chapter of [objects, apply, watch, jobs, unstarted, volumes, logs, exec, collecting]) chapter(test, () => world ?? fail());
}

function fail(): never {
  throw new Error('There is no cluster to try.');
}
