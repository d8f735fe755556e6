import { type Complaint, positionOf, TemplateError } from './template-error.ts';

interface Source {
  readonly name: string;
  readonly text: string;
  readonly start: number;
}

/** The files of a template, concatenated so that one offset identifies a position in one of them (like Go's token.FileSet). */
export class Sources {
  readonly #sources: Source[] = [];
  #next = 0;

  /** @returns the offset at which the text begins */
  add(name: string, text: string): number {
    const start = this.#next;
    this.#sources.push({ name, text, start });
    // Plus one, so that the end of a file is not the start of the next.
    this.#next += text.length + 1;
    return start;
  }

  /** The error with its file and its position there. */
  errorOf({ at, message }: Complaint): TemplateError {
    const { name, text, start } = this.#sources.findLast((source) => source.start <= at) ?? { name: '', text: '', start: 0 };
    return new TemplateError(name, positionOf(text, at - start), message);
  }
}
