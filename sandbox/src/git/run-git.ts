import { spawn } from 'node:child_process';
import { buffer, text } from 'node:stream/consumers';

/** The environment of every git here: found on the usual path, blind to the configuration of whoever runs the sandbox. */
export const plainEnvironment: Readonly<Record<string, string>> = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
};

const missing = 'git was not found in PATH, and the sandbox needs it. Install git, or add its folder to PATH.';

export interface GitOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs git to its end and gives what it printed; throws with what it said on stderr. */
export async function git(words: readonly string[], { cwd, env = {} }: GitOptions = {}): Promise<string> {
  const child = spawn('git', words, {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...plainEnvironment, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => reject(error.code === 'ENOENT' ? new Error(missing) : error));
    child.once('close', resolve);
  });
  const [out, problem, code] = await Promise.all([buffer(child.stdout), text(child.stderr), ended]);
  const command = words.find((word) => !word.startsWith('-') && !word.includes('='));
  if (code !== 0) throw new Error(`git ${command} failed: ${problem.trim()}`);
  return out.toString('utf8');
}
