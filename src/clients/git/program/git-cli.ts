import { messageOf } from '../../../core/errors.ts';
import { plainLine } from '../../../core/text/plain-line.ts';
import { type ProgramEnd, runProgram } from './run-program.ts';

/** How the git program is run: never through a shell, and with a separate environment. */
export interface GitCli {
  /** A file that replaces the user's git configuration. */
  readonly config: string;
  /** A folder that replaces the user's home. */
  readonly home: string;
  /** Additional variables: PATH, GIT_SSL_CAINFO. */
  readonly environment: Readonly<Record<string, string>>;
  /** The only certificates (PEM) that git trusts; stored in the home. */
  readonly authorities?: string;
}

export interface GitCall {
  /** Transports that git may use in this call (GIT_ALLOW_PROTOCOL); none by default. */
  readonly protocols?: 'file' | 'http' | 'https' | 'ssh';
  /** Configuration that must not be visible in the arguments (credentials): passed via GIT_CONFIG_COUNT. */
  readonly secretConfig?: Readonly<Record<string, string>>;
  /** The ssh command (GIT_SSH_COMMAND); `login` names the variable of its key. */
  readonly ssh?: string;
  readonly login?: string;
  /** The proxy for the address of this call; none by default. */
  readonly proxy?: string;
  readonly timeoutMs?: number;
  /** Stops git; its reason says why, in words. */
  readonly signal?: AbortSignal;
}

/** git exited with an error; `stderr` is its output. */
export class GitError extends Error {
  override readonly name = 'GitError';
  readonly stderr: string;
  /** We killed it: partially written files are still there. */
  readonly killed: boolean;
  /** We killed it because the server sent too much. */
  readonly isTooMuch: boolean;

  constructor(message: string, stderr: string, more: { cause?: unknown; killed?: boolean; isTooMuch?: boolean } = {}) {
    super(message, { cause: more.cause });
    this.stderr = stderr;
    this.killed = more.killed ?? false;
    this.isTooMuch = more.isTooMuch ?? false;
  }
}

const mostBytes = 16 * 1024 ** 2;

/**
 * Runs git and returns what it printed.
 * @throws GitError
 */
export async function git(cli: GitCli, args: readonly string[], call: GitCall = {}): Promise<string> {
  const { timeoutMs = 60_000, signal } = call;
  const name = `git ${args.find((arg) => /^[a-z]/.test(arg)) ?? ''}`;
  const end = await runProgram('git', args, { env: environment(cli, call), cwd: cli.home, timeoutMs, mostBytes, signal }).catch(
    (error: unknown) => {
      const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      throw new GitError(`${name} ${missing ? 'is not installed here' : `cannot be started: ${messageOf(error)}`}`, '', { cause: error });
    },
  );
  if (end.killed) {
    const isTooMuch = end.killed === 'stopped';
    throw new GitError(`${name} ${whyKilled(end.killed, timeoutMs, signal)}`, end.stderr, { killed: true, isTooMuch });
  }
  if (end.exitCode !== 0) throw new GitError(`${name} says: ${outputOf(end)}${remedy(end.stderr, call)}`, end.stderr);
  return end.stdout;
}

function whyKilled(why: NonNullable<ProgramEnd['killed']>, timeoutMs: number, signal: AbortSignal | undefined): string {
  if (why === 'too late') return `did not end within ${timeoutMs / 1000} s`;
  return why === 'stopped' ? `was stopped: ${signal?.reason}` : `printed more than ${mostBytes} bytes`;
}

/** What to do about an ssh error, which git shows unchanged. */
function remedy(stderr: string, { ssh, login }: GitCall): string {
  if (!ssh) return '';
  if (/Permission denied|Too many authentication failures/.test(stderr))
    return `; the host refuses the key: check ${login} (or its file), and that its public key has read access there`;
  if (/Host key verification failed/.test(stderr))
    return '; the host shows a key that is not in `knownHosts` of git.logins: look at it with ssh-keyscan, and add it there if it is right';
  return /\bssh: (?:command )?not found|cannot run ssh/.test(stderr) ? '; `ssh` is not installed here: install openssh-client' : '';
}

/** Errors of git, of the server and of ssh, which reports refusals and lost connections without a prefix. */
const toldBy = /^(fatal|error|remote|ssh):|^(Load key|Connection|kex_exchange)|Permission denied \(|^Host key verification failed/;

/** The lines that state what went wrong, without surrounding warnings. */
function outputOf({ stderr, exitCode }: ProgramEnd): string {
  const lines = stderr.split('\n').filter((line) => toldBy.test(line));
  return plainLine(lines.join('; ') || stderr || `exit code ${exitCode ?? 'none, it was killed'}`, 200);
}

function environment(
  { config, home, environment: more }: GitCli,
  { protocols, proxy, ssh, secretConfig = {} }: GitCall,
): Record<string, string> {
  const secrets = Object.entries(secretConfig);
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    ...more,
    // libcurl knows `http_proxy` only in lower case.
    ...(proxy && { http_proxy: proxy, https_proxy: proxy }),
    ...(ssh && { GIT_SSH_COMMAND: ssh, GIT_SSH_VARIANT: 'ssh' }),
    HOME: home,
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: config,
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '',
    GIT_ALLOW_PROTOCOL: protocols ?? 'none',
    GIT_NO_LAZY_FETCH: '1',
    GIT_CONFIG_COUNT: String(secrets.length),
    ...Object.fromEntries(
      secrets.flatMap(([key, value], i) => [
        [`GIT_CONFIG_KEY_${i}`, key],
        [`GIT_CONFIG_VALUE_${i}`, value],
      ]),
    ),
  };
}
