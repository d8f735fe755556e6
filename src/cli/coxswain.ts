import { messageOf, UserError } from '../core/errors.ts';
import { nearest } from '../core/text/nearest.ts';
import { check } from './check.ts';
import { type CommandLineCall, type Program, WrongUse } from './command-line.ts';
import { doctor } from './doctor.ts';
import { renderProgram } from './render.ts';

const programs: readonly Program[] = [check, renderProgram, doctor];

/** Runs the subcommand and returns the exit code: 0 success, 1 a check failed, 2 invalid usage. */
export async function coxswain(
  [word, ...words]: readonly string[],
  call: Omit<CommandLineCall, 'words'> & { complain(text: string): void },
): Promise<number> {
  if (word === undefined || ['help', '--help', '-h'].includes(word)) {
    call.print(help());
    return word === undefined ? 2 : 0;
  }
  const program = programs.find(({ name }) => name === word);
  try {
    if (!program) throw new WrongUse(unknown(word));
    if (words.includes('--help') || words.includes('-h')) {
      call.print(`coxswain ${program.usage}\n  ${program.summary}`);
      return 0;
    }
    return await program.run({ ...call, words });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const usage = error instanceof WrongUse && program ? `\nUsage: coxswain ${program.usage}` : '';
    call.complain(messageOf(error) + usage);
    return error instanceof WrongUse ? 2 : 1;
  }
}

function unknown(word: string): string {
  const names = programs.map(({ name }) => name);
  const [near] = nearest(word, names, 1);
  return `unknown command ${word}${near ? `, did you mean ${near}?` : ''}; available: ${[...names, 'help'].join(', ')}`;
}

function help(): string {
  const width = Math.max(...programs.map(({ usage }) => usage.length));
  const lines = programs.map(({ usage, summary }) => `  coxswain ${usage.padEnd(width)}  ${summary}`);
  return ['Usage:', ...lines, '', 'Exit codes: 0 success, 1 a check failed, 2 invalid usage.'].join('\n');
}
