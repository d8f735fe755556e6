import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from './log.ts';

/**
 * RUN lines are not run: there is no root filesystem to run them in. One rule makes a failing RUN possible to show: a line of
 * nothing but `echo`, `sleep`, `true`, `false` and `exit N`, joined by `&&` or `;`, is played, with what it prints and how it ends.
 */
export async function playRun(command: string, log: Log): Promise<void> {
  const parts = playable(command);
  if (parts === undefined) return log.info('not run here: the sandbox reads RUN lines and takes them as done');
  let code = 0;
  for (const { joint, words, toError } of parts) {
    if (joint === '&&' && code !== 0) continue;
    const [program, first = ''] = words;
    if (program === 'echo') (toError ? log.error : log.info)(`${words.slice(1).join(' ')}\n`);
    if (program === 'sleep') await sleep(Number(first) * 1000);
    code = program === 'exit' ? Number(first || code) : program === 'false' ? 1 : 0;
    if (program === 'exit') break;
  }
  if (code === 0) return;
  log.error(`Command exited with ${code}\n`);
  throw new Error(`cmd wait: exit status ${code}`);
}

interface Part {
  readonly joint: string;
  readonly words: readonly string[];
  readonly toError: boolean;
}

/** The parts of a line that can be played, undefined where anything in it would need a shell. */
function playable(command: string): Part[] | undefined {
  const tokens = command.match(/'[^']*'|"[^"]*"|&&|;|>&2|[^\s;&|<>"'`$\\*?(){}]+|\S/g) ?? [];
  const parts: Part[] = [];
  let joint = '';
  let words: string[] = [];
  let toError = false;
  for (const token of [...tokens, ';']) {
    if (token === '&&' || token === ';') {
      if (words.length > 0) parts.push({ joint, words, toError });
      [joint, words, toError] = [token, [], false];
    } else if (token === '>&2') toError = true;
    else if (/^["']/.test(token) && token.length > 1 && !/^".*[$`\\]/.test(token)) words.push(token.slice(1, -1));
    else if (/^[^\s;&|<>"'`$\\*?(){}]+$/.test(token)) words.push(token);
    else return undefined;
  }
  return parts.every(({ words: [program = '', ...rest] }) => isPlayable(program, rest)) ? parts : undefined;
}

function isPlayable(program: string, rest: readonly string[]): boolean {
  if (program === 'echo') return !(rest[0] ?? '').startsWith('-');
  if (program === 'sleep') return rest.length === 1 && /^\d+(\.\d+)?$/.test(rest[0] ?? '');
  if (program === 'exit') return rest.length <= 1 && /^\d{0,3}$/.test(rest[0] ?? '');
  return (program === 'true' || program === 'false') && rest.length === 0;
}
