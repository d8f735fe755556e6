import { clean } from './clean.ts';
import { excerptOf, mostLines, Tail } from './excerpt.ts';
import type { MakisuLine } from './makisu-line.ts';

/** Makisu's own messages during a RUN, since layers are pushed concurrently. Anything else is output of the RUN. */
const ownWords =
  /^(?:\* |Client TLS |Stored cacheID |Found mapping |Failed to (?:send https|fetch intermediate|push cache|connect to)|Computed total image|Successfully (?:built|pushed)|Finished building|No image store|Using |Scratch base|Blacklisted |Starting Makisu|failed to (?:execute build plan|push image|save image|load image|create build plan))/;

export function isOwnWord(line: MakisuLine): boolean {
  // The output of a RUN ends with a line break; of Makisu's own messages only those that end with a server's words do (`isFailure`).
  return !line.msg.endsWith('\n') && ownWords.test(line.msg);
}

/** A final error message, as a RUN may print one too: it is Makisu's own where nothing follows. */
export function isFailure({ level, msg }: MakisuLine): boolean {
  return level === 'error' && /^failed to (?:execute build plan|push image|save image|load image|create build plan): /.test(msg);
}

interface OutputLine {
  readonly at: number;
  readonly text: string;
}

/** The last output of a step, with standard error kept separately, since errors are mostly there. */
export class StepOutput {
  readonly #all = new Tail<OutputLine>(mostLines);
  readonly #errors = new Tail<OutputLine>(10);
  #at = 0;

  add(line: MakisuLine): void {
    // Of a chunk of a megabyte, only the end can still be in the excerpt.
    const text = line.msg.length > 100_000 ? line.msg.slice(-100_000) : line.msg;
    for (const part of text.split('\n')) {
      if (part.trim() === '' || /^Command exited with -?\d+$/.test(part)) continue;
      const kept = { at: this.#at++, text: clean(part) };
      this.#all.add(kept);
      if (line.level === 'error') this.#errors.add(kept);
    }
  }

  /** The last lines of both streams in order, always including the last ones of standard error. */
  excerpt(): string[] {
    const errors = this.#errors.items();
    const latest = this.#all.items().slice(-(mostLines - errors.length));
    const lines = new Map([...errors, ...latest].map((line) => [line.at, line.text]));
    return excerptOf([...lines].toSorted(([a], [b]) => a - b).map(([, text]) => text));
  }
}
