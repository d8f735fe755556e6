import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** The script that stops and starts programs of the cluster, where there is one. */
export const script = process.env.COXSWAIN_CLUSTER_SCRIPT;

/** A program of the cluster is stopped, and started again after a while. */
export async function outage(program: 'apiserver' | 'kubelet', ms: number): Promise<void> {
  const cluster = (verb: string) => promisify(execFile)(script ?? '', [verb, program]);
  await cluster('stop');
  await new Promise((resolve) => setTimeout(resolve, ms));
  await cluster('start');
}
