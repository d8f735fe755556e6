/** One container from its image to its end: folder, environment, process, and the tries that its restart policy allows. */
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { quantity } from '../model/quantity.ts';
import { commandLine, locate, type Scratch, StartError, searchPath } from './command.ts';
import { ConfigError, environment } from './environment.ts';
import { LogFile } from './log-file.ts';
import { workingFolder } from './make-folder.ts';
import { watchMemory } from './memory.ts';
import { obtainImage } from './obtain-image.ts';
import { type PodContext, pause, tell } from './pod-context.ts';
import { startProcess } from './process.ts';
import type { Image } from './pull.ts';
import { restarts, type Slot, setCreated, setRunning, setTerminated, setWaiting } from './slot.ts';
import { mountsOf } from './volumes.ts';

const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const longest = 300_000;

/** Runs until the container has ended for good; gives its exit code, or undefined where the pod ended before it ran. */
export async function runContainer(context: PodContext, slot: Slot): Promise<number | undefined> {
  const first = context.cluster.settings.timing.crashBackOff;
  // The first time, a container starts again at once.
  for (let wait = 0; ; wait = Math.min(wait * 2 || first, longest)) {
    const image = await obtainImage(context, slot);
    if (!image) return undefined;
    const exitCode = await attempt(context, slot, image);
    if (exitCode === undefined || context.ending.aborted || !restarts(context.pod.spec, slot, exitCode)) return exitCode;
    if (wait > 0) await crashPause(context, slot, wait);
    if (context.ending.aborted) return exitCode;
  }
}

async function crashPause(context: PodContext, slot: Slot, wait: number): Promise<void> {
  const { name, namespace, uid } = context.pod.metadata;
  const pod = `${name}_${namespace}(${uid})`;
  tell(context, 'Warning', 'BackOff', `Back-off restarting failed container ${slot.spec.name} in pod ${pod}`, slot);
  setWaiting(slot, 'CrashLoopBackOff', `back-off ${Math.round(wait / 1000)}s restarting failed container=${slot.spec.name} pod=${pod}`);
  context.publish();
  await pause(wait, context.ending);
}

/** One try; waits as long as the configuration is wrong. */
async function attempt(context: PodContext, slot: Slot, image: Image): Promise<number | undefined> {
  const log = new LogFile(context.cluster.settings.logLimit);
  for (; !context.ending.aborted; await pause(context.cluster.settings.timing.volumeRetry, context.ending)) {
    try {
      const start = await prepare(context, slot, image);
      if (context.ending.aborted) return undefined;
      setCreated(slot, image.imageId);
      tell(context, 'Normal', 'Created', 'Container created', slot);
      const [file, ...args] = await locate(start.line, start.scratch, start.env.PATH);
      slot.process = await startProcess({ ...start, file, args }, log);
      slot.inside = start;
      slot.logs = [...slot.logs.slice(-1), log];
      tell(context, 'Normal', 'Started', 'Container started', slot);
      setRunning(slot);
      context.publish();
      return await end(context, slot);
    } catch (error) {
      if (error instanceof StartError) return notStarted(context, slot, error);
      if (!(error instanceof ConfigError)) throw error;
      tell(context, 'Warning', 'Failed', `Error: ${error.message}`, slot);
      setWaiting(slot, error.reason, error.message);
      context.publish();
    }
  }
  return undefined;
}

async function end(context: PodContext, slot: Slot): Promise<number> {
  const limit = quantity(slot.spec.resources?.limits?.memory);
  let killed = false;
  const unwatch = limit > 0 ? watchMemory(slot.process?.pid ?? 0, limit, kill) : () => undefined;
  function kill(): void {
    killed = true;
    slot.process?.kill();
  }
  const exitCode = (await slot.process?.exited) ?? 0;
  unwatch();
  slot.process = undefined;
  for (const kill of slot.execs) kill();
  const last = await message(context, slot, exitCode);
  setTerminated(slot, exitCode, { ...(last !== '' && { message: last }), ...(killed ? { reason: 'OOMKilled' } : {}) });
  context.publish();
  return exitCode;
}

const messageFile = ({ folder }: PodContext, { name }: Slot['spec']) => join(folder, 'containers', `${name}.termination`);

/** What the container has left at its terminationMessagePath, as much of it as the kubelet takes. */
async function message(context: PodContext, slot: Slot, exitCode: number): Promise<string> {
  const written = (await readFile(messageFile(context, slot.spec))).subarray(0, 4096).toString('utf8');
  return written === '' && slot.spec.terminationMessagePolicy === 'FallbackToLogsOnError' && exitCode !== 0 ? lastWords(slot) : written;
}

const lastWords = ({ logs }: Slot): string =>
  Buffer.concat((logs.at(-1)?.lines ?? []).slice(-80).map(({ text }) => text))
    .subarray(-2048)
    .toString('utf8');

function notStarted(context: PodContext, slot: Slot, { message }: StartError): number {
  const words =
    'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: ' +
    `unable to start container process: ${message}: unknown`;
  tell(context, 'Warning', 'Failed', `Error: ${words}`, slot);
  setTerminated(slot, 128, { reason: 'StartError', message: words, startedAt: '1970-01-01T00:00:00Z' });
  context.publish();
  return 128;
}

interface Prepared {
  line: string[];
  scratch: Scratch;
  cwd: string;
  env: Record<string, string> & { PATH: string };
}

async function prepare(context: PodContext, slot: Slot, image: Image): Promise<Prepared> {
  const { cluster, pod, folder, places } = context;
  const { containerEnv } = cluster.settings;
  const imageEnv = image.config.Env ?? [];
  refusePrivileges(context, slot);
  const own = [slot.spec.terminationMessagePath ?? '', messageFile(context, slot.spec)] as const;
  const mounts = new Map([...(await mountsOf(slot.spec, imageEnv, places)), own]);
  const variables = environment(cluster.store, pod, slot.spec, imageEnv, mounts);
  const root = join(folder, 'containers', slot.spec.name);
  await freshRoot(root, image.folder);
  await writeFile(own[1], '');
  const line = commandLine(slot.spec, image.config, variables);
  if (line.length === 0) throw new ConfigError('failed to generate container spec: no command specified');
  const path = searchPath(root, variables.get('PATH'), containerEnv.PATH ?? defaultPath);
  const scratch = { root, mounts, variables };
  const cwd = await workingFolder(slot.spec.workingDir || image.config.WorkingDir || '/', scratch);
  const usual = { HOME: join(root, 'root'), TMPDIR: join(root, 'tmp'), HOSTNAME: pod.metadata.name };
  const env = { ...usual, ...containerEnv, ...Object.fromEntries(variables), PATH: path };
  return { line, scratch, cwd, env };
}

async function freshRoot(root: string, image: string | undefined): Promise<void> {
  await rm(root, { recursive: true, force: true });
  if (image) await cp(image, root, { recursive: true, verbatimSymlinks: true });
  for (const part of ['root', 'tmp']) await mkdir(join(root, part), { recursive: true });
}

function refusePrivileges({ pod }: PodContext, { spec }: Slot): void {
  const asked = [
    ...(spec.securityContext?.privileged ? [`container "${spec.name}" asks to be privileged`] : []),
    ...(pod.spec.hostNetwork ? ['the pod asks for the host network'] : []),
    ...(pod.spec.volumes ?? []).filter(({ hostPath }) => hostPath).map(({ name }) => `volume "${name}" is a hostPath`),
  ];
  if (asked.length > 0) throw new ConfigError(`the sandbox runs containers as plain processes and refuses this pod: ${asked.join(', ')}`);
}
