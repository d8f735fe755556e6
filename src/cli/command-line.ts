import type { Environment } from '../core/environment.ts';
import { UserError } from '../core/errors.ts';

/** What a program of the command line is given. */
export interface CommandLineCall {
  /** The words after the program's own. */
  readonly words: readonly string[];
  readonly env: Environment;
  /** Folder of the job templates that belong to coxswain. */
  readonly templates: string;
  print(text: string): void;
}

/** One word of the command line. */
export interface Program {
  readonly name: string;
  /** `check [file] [--environment]` */
  readonly usage: string;
  readonly summary: string;
  /** Gives the exit code: 0 all is well, 1 it is not. @throws WrongUse for words that it does not understand */
  run(call: CommandLineCall): Promise<number>;
}

/** The words were not understood: exit code 2. */
export class WrongUse extends UserError {}

/** What `parse` gives; its complaints about words become those of ours. @throws WrongUse */
export function understood<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code?.startsWith('ERR_PARSE_ARGS_')) throw new WrongUse(message.replace(/\. To specify.*$/s, '.'));
    throw error;
  }
}

/** The file that the words name, else that of COXSWAIN_CONFIG, else `coxswain.yaml`. @throws WrongUse where there are more words */
export function fileOf(positionals: readonly string[], env: Environment): string {
  const [file, more] = positionals;
  if (more !== undefined) throw new WrongUse(`only one file at a time, found ${positionals.join(' ')}`);
  return file || env.COXSWAIN_CONFIG || 'coxswain.yaml';
}
