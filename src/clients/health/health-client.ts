import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Doing } from '../../core/concurrency/doing.ts';
import { messageOf, UserError } from '../../core/errors.ts';
import { machineTime } from '../../core/time/clock.ts';
import type { Log } from '../log/log.ts';
import { Heartbeat } from './heartbeat.ts';
import { type FromWatchdog, type WatchdogData, workSymbol } from './messages.ts';

export interface HealthOptions {
  /** The port for `/healthz` and `/readyz`; if absent, there are no probes, only the watchdog. */
  readonly port?: number;
  /** The folder that must be writable for the bot to be ready. */
  readonly folder: string;
  /** What each part is missing to be ready, by name; undefined if it is ready. Called once a second. */
  readonly parts: () => Readonly<Record<string, string | undefined>>;
  /** All secret values that the bot knows. */
  readonly known: readonly string[];
  readonly log: Log;
  /** How long the event loop may be blocked, in ms; 30 s by default. */
  readonly limitMs?: number;
}

export interface Health {
  readonly doing: Doing;
  /** The actual port of the probes, also if any free one (0) was requested. */
  readonly port: number | undefined;
  close(): Promise<void>;
}

const beatMs = 1_000;

/**
 * Starts a separate thread that answers the probes and ends the process if the event loop of the main thread is blocked: an HTTP server
 * on the main thread could do neither.
 * @throws UserError if the port is in use
 */
export async function startHealth(options: HealthOptions): Promise<Health> {
  const { port, folder, known, log, limitMs = 30_000, parts } = options;
  const heartbeat = new Heartbeat();
  const data: WatchdogData = { memory: heartbeat.memory, folder, known, limitMs, ...(port !== undefined && { port }) };
  const worker = new Worker(new URL('./watchdog.ts', import.meta.url), { workerData: data, execArgv: [] });
  worker.unref();
  const bound = await begun(worker);
  worker.on('error', (error) => log.error(`the watchdog has ended, so probes are no longer answered: ${messageOf(error)}`));
  let told = '';
  const beat = () => {
    heartbeat.beat();
    const now = parts();
    // Sent only if changed: the thread keeps the last state.
    if (JSON.stringify(now) === told) return;
    told = JSON.stringify(now);
    worker.postMessage({ ...now });
  };
  beat();
  const timer = setInterval(beat, beatMs).unref();
  return {
    doing: doingWith(heartbeat),
    port: bound,
    async close() {
      clearInterval(timer);
      await worker.terminate();
    },
  };
}

async function begun(worker: Worker): Promise<number | undefined> {
  const [said] = (await once(worker, 'message')) as [FromWatchdog];
  if ('problem' in said) throw new UserError(`The probes cannot be served: ${said.problem}. Set COXSWAIN_HEALTH_PORT to a free port.`);
  return said.port;
}

function doingWith(heartbeat: Heartbeat): Doing {
  const current = new AsyncLocalStorage<string>();
  // The watchdog evaluates it after pausing the main thread.
  Object.assign(globalThis, { [workSymbol]: () => current.getStore() });
  return (what, work) => {
    const since = `${what}, since ${machineTime().toISOString()}`;
    heartbeat.note(since);
    return current.run(since, work);
  };
}
