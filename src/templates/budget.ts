import { Complaint } from './template-error.ts';

/** Longest text, in characters, that a function or a whole template may produce: about the limit of Kubernetes for one object. */
export const longestText = 1024 * 1024;
/** Most elements of a list or map that a function creates or writes out. */
const mostParts = 10_000;
/** Most variables in scope at one place. */
export const mostVariables = 1_000;

/** Nesting depth of template calls, blocks and parentheses, limited by the stack of the process. */
const mostLevels = 500;
const mostSteps = 1_000_000;
/** Characters that all functions of a rendering read and write in total. */
const mostCharacters = 64 * longestText;
const mostMs = 2_000;
/** Steps between two checks of the CPU time. */
const lookAfter = 1_024;

/**
 * The resource limits of one rendering. A template is untrusted and must neither block the process nor exhaust its memory: steps and
 * characters are counted before they are executed and produced.
 */
export class Budget {
  readonly #start = process.threadCpuUsage();
  #steps = 0;
  #characters = 0;
  #levels = 0;

  /** @throws Complaint */
  step(at: number): void {
    if (++this.#steps > mostSteps) throw new Complaint(at, `rendering takes more than ${mostSteps} steps`);
    if (this.#steps % lookAfter === 0) this.#look(at);
  }

  /** Counts characters that a function is about to read or produce. @throws Complaint */
  spend(characters: number, at: number): void {
    this.#characters += characters;
    if (this.#characters > mostCharacters) {
      throw new Complaint(at, `the functions of this template process more than ${mostCharacters} characters`);
    }
    if (characters > lookAfter) this.#look(at);
  }

  /** Enters one more level. @throws Complaint if templates call each other endlessly */
  enter(at: number): void {
    if (++this.#levels > mostLevels)
      throw new Complaint(at, `more than ${mostLevels} templates and blocks are nested here: does one of them call itself endlessly?`);
  }

  leave(): void {
    this.#levels--;
  }

  #look(at: number): void {
    // CPU time of this thread, not wall-clock time: a busy machine makes it wait.
    const { user, system } = process.threadCpuUsage(this.#start);
    if (user + system > mostMs * 1000) throw new Complaint(at, `rendering takes longer than ${mostMs / 1000} s`);
  }
}

/** Called before a text is produced. @throws Error if a text of this length would be too long. */
export function checkLength(length: number): void {
  if (length > longestText) throw new Error(`the text grows beyond ${longestText} characters`);
}

/** Called before a list or map is created. @throws Error if it would have too many elements. */
export function checkParts(parts: number): void {
  if (parts > mostParts) throw new Error(`a list or map grows beyond ${mostParts} parts`);
}
