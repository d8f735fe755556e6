import type { ContainerEnd } from '../core/logs.ts';
import { cut } from '../core/text/cut.ts';

/** How a container ended: `what` follows its name in a sentence. */
export interface End {
  readonly kind: string;
  readonly what: string;
  readonly next: string;
  /** The program was stopped from outside: its last log lines are not the reason. */
  readonly outside: boolean;
}

const reasons: Readonly<Record<string, (message: string) => Omit<End, 'outside'>>> = {
  OOMKilled: () => ({
    kind: 'oom',
    what: 'ran out of memory: the kernel killed it at its memory limit',
    next: 'Raise the memory limit in the job template, or make it use less memory.',
  }),
  DeadlineExceeded: (message) => ({
    kind: 'deadline',
    what: `was stopped because it exceeded its time limit${said(message)}`,
    next: "Find out what hung or was slow; if it needs more time, raise the stage's timeout.",
  }),
  Evicted: evicted,
  StartError: notStarted,
  ContainerCannotRun: notStarted,
  RunContainerError: notStarted,
  CreateContainerError: notStarted,
  CreateContainerConfigError: notStarted,
  ...Object.fromEntries(
    [
      'Preempting',
      'PreemptionByScheduler',
      'EvictionByEvictionAPI',
      'DeletionByTaintManager',
      'DeletionByPodGC',
      'TerminationByKubelet',
    ].map((reason) => [reason, interrupted]),
  ),
  ...Object.fromEntries(
    ['NodeLost', 'NodeShutdown', 'Terminated', 'Shutdown', 'NodeAffinity', 'UnexpectedAdmissionError'].map((reason) => [
      reason,
      interrupted,
    ]),
  ),
};

function evicted(message: string): Omit<End, 'outside'> {
  const storage = /ephemeral|disk|storage|inode/i.test(message);
  const memory = /memory/i.test(message);
  const resource = storage ? 'disk space' : memory ? 'memory' : 'resources';
  return {
    kind: 'interrupted',
    what: `was evicted: its node ran short of ${resource}, or it exceeded its limits${said(message)}`,
    next: storage
      ? 'Raise the ephemeral-storage request and limit in the job template, or free disk space on the node; then retry.'
      : 'Request what it needs in the job template, so that it is scheduled on a node that has it; then retry.',
  };
}

function interrupted(message: string): Omit<End, 'outside'> {
  return {
    kind: 'interrupted',
    what: `was stopped from outside: its node went away or was needed for something else${said(message)}`,
    next: 'Retry the run.',
  };
}

function notStarted(message: string): Omit<End, 'outside'> {
  return {
    kind: 'start',
    what: `could not be started${said(message)}`,
    next: 'Check the command, the mounts and the secrets of the job template.',
  };
}

function said(message: string): string {
  const line = message.split('\n')[0]?.trim() ?? '';
  return line ? ` (${cut(line, 200)})` : '';
}

const signals: Readonly<Record<number, readonly [name: string, what: string, next: string]>> = {
  1: ['SIGHUP', 'was hung up', 'Check what it ran last.'],
  2: ['SIGINT', 'was interrupted', 'Retry the run.'],
  3: ['SIGQUIT', 'was told to quit', 'Check what it ran last.'],
  4: ['SIGILL', 'executed an instruction that this processor does not support', 'Build it for the processor of the node.'],
  6: ['SIGABRT', 'aborted itself', 'Look for a failed assertion in its last lines.'],
  7: ['SIGBUS', 'read memory that does not exist', 'Look for a full volume or a truncated memory-mapped file.'],
  8: ['SIGFPE', 'divided by zero', 'Check what it ran last.'],
  9: [
    'SIGKILL',
    'was killed',
    'Usually because of memory, or because it was too slow to stop: check the memory of the pod and of the node.',
  ],
  11: ['SIGSEGV', 'crashed: it accessed memory that does not belong to it', 'Run it again with a debugger or a core dump.'],
  13: ['SIGPIPE', 'wrote to a pipe that nobody was reading', 'Check the commands after the | in its script.'],
  15: ['SIGTERM', 'was told to stop', 'It was stopped from outside (a deletion, a drain, a deadline); retry the run.'],
};

/** How a container ended, in words; undefined if it succeeded or nothing is known. */
export function describeEnd(end: ContainerEnd): End | undefined {
  const known = end.reason === undefined ? undefined : reasons[end.reason];
  if (known) return { ...known(end.message ?? ''), outside: true };
  const code = end.exitCode;
  const signal = end.signal || (code !== undefined && code > 128 && code < 160 ? code - 128 : 0);
  if (signal) return signalled(signal);
  if (code === undefined || code === 0) return undefined;
  return { ...exited(code), outside: false };
}

function signalled(signal: number): End {
  const [name, what, next] = signals[signal] ?? [`signal ${signal}`, 'was ended', 'Check what it ran last.'];
  const outside = signal === 9 || signal === 15 || signal === 2;
  return { kind: outside ? 'killed' : 'crash', what: `${what} (${name}, exit code ${128 + signal})`, next, outside };
}

function exited(code: number): Omit<End, 'outside'> {
  const readLog = 'Read the lines above; the whole log is in the thread.';
  if (code === 126) {
    const next = 'Make the file executable (git update-index --chmod=+x), and check its first line (#!) and its architecture.';
    return { kind: 'exit', what: 'exited with 126: its command was found and could not be executed', next };
  }
  if (code === 127) {
    const next = 'Check the spelling of the command, its path, and whether the image contains it.';
    return { kind: 'exit', what: 'exited with 127: a command was not found', next };
  }
  return { kind: 'exit', what: `exited with ${code}`, next: readLog };
}
