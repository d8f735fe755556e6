import { type Complaint, positionOf, TemplateError } from './template-error.ts';

interface Source {
  readonly name: string;
  readonly text: string;
  readonly start: number;
}

/** The files of a template, one behind the other, so that one offset names a place in one of them (as Go's token.FileSet does). */
export class Sources {
  readonly #sources: Source[] = [];
  #next = 0;

  /** @returns the offset at which the text begins */
  add(name: string, text: string): number {
    const start = this.#next;
    this.#sources.push({ name, text, start });
    // One more, so that the end of a file is not the start of the next.
    this.#next += text.length + 1;
    return start;
  }

  /** The mistake with the file in which it stands, and its place there. */
  errorOf({ at, message }: Complaint): TemplateError {
    const { name, text, start } = this.#sources.findLast((source) => source.start <= at) ?? { name: '', text: '', start: 0 };
    return new TemplateError(name, positionOf(text, at - start), message);
  }
}
