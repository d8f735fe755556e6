import type { Environment } from '../core/environment.ts';
import { UserError } from '../core/errors.ts';

/** The input of a command line program. */
export interface CommandLineCall {
  /** The arguments after the program's name. */
  readonly words: readonly string[];
  readonly env: Environment;
  /** Folder of coxswain's own job templates. */
  readonly templates: string;
  print(text: string): void;
}

/** A subcommand of the command line. */
export interface Program {
  readonly name: string;
  /** `check [file] [--environment]` */
  readonly usage: string;
  readonly summary: string;
  /** Returns the exit code: 0 success, 1 a check failed. @throws WrongUse for arguments that it does not understand */
  run(call: CommandLineCall): Promise<number>;
}

/** Invalid usage: exit code 2. */
export class WrongUse extends UserError {}

/** The result of `parse`; its argument errors become a WrongUse. @throws WrongUse */
export function understood<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code?.startsWith('ERR_PARSE_ARGS_')) throw new WrongUse(message.replace(/\. To specify.*$/s, '.'));
    throw error;
  }
}

/** The file given as an argument, else COXSWAIN_CONFIG, else `coxswain.yaml`. @throws WrongUse if there are more arguments */
export function fileOf(positionals: readonly string[], env: Environment): string {
  const [file, more] = positionals;
  if (more !== undefined) throw new WrongUse(`only one file at a time, found ${positionals.join(' ')}`);
  return file || env.COXSWAIN_CONFIG || 'coxswain.yaml';
}
