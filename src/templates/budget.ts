import { Complaint } from './template-error.ts';

/** Longest text, in characters, that a function or a whole template may make: about what Kubernetes takes of one object. */
export const longestText = 1024 * 1024;
/** Most parts of a list or map that a function makes or writes out. */
const mostParts = 10_000;
/** Variables in sight at one place. */
export const mostVariables = 1_000;

/** Calls of templates, blocks and parentheses around one place, which the stack of the process must hold. */
const mostLevels = 500;
const mostSteps = 1_000_000;
/** Characters that all functions of a rendering read and write together. */
const mostCharacters = 64 * longestText;
const mostMs = 2_000;
/** Steps from one look at the clock to the next. */
const lookAfter = 1_024;

/**
 * What one rendering may cost. A template comes from outside, and is to neither hold the process up nor fill its memory: steps and characters are
 * counted before they are taken and made.
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

  /** Characters that a function is going to read or to make. @throws Complaint */
  spend(characters: number, at: number): void {
    this.#characters += characters;
    if (this.#characters > mostCharacters) {
      throw new Complaint(at, `the functions of this template process more than ${mostCharacters} characters`);
    }
    if (characters > lookAfter) this.#look(at);
  }

  /** Goes one level deeper. @throws Complaint where templates call each other without end */
  enter(at: number): void {
    if (++this.#levels > mostLevels)
      throw new Complaint(at, `more than ${mostLevels} templates and blocks are nested here: does one of them call itself endlessly?`);
  }

  leave(): void {
    this.#levels--;
  }

  #look(at: number): void {
    // What this thread computes, not the time that goes by: a machine that is busy makes it wait.
    const { user, system } = process.threadCpuUsage(this.#start);
    if (user + system > mostMs * 1000) throw new Complaint(at, `rendering takes longer than ${mostMs / 1000} s`);
  }
}

/** @throws Error where a text of this length would be too long; asked before it is made. */
export function checkLength(length: number): void {
  if (length > longestText) throw new Error(`the text grows beyond ${longestText} characters`);
}

/** @throws Error where a list or map of so many parts would have too many; asked before it is made. */
export function checkParts(parts: number): void {
  if (parts > mostParts) throw new Error(`a list or map grows beyond ${mostParts} parts`);
}
