import { UserError } from '../core/errors.ts';
import { cut } from '../core/text/cut.ts';

/** A reason may quote the template, which may be long. */
const longest = 1_000;

/** An error in a template or in its rendered text. `message` starts with the position; `reason` omits it. */
export class TemplateError extends UserError {
  readonly template: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in characters. */
  readonly column: number;
  readonly reason: string;

  constructor(template: string, place: TemplatePosition, why: string) {
    const reason = cut(why, longest + 1);
    super(`${template}:${place.line}:${place.column}: ${reason}`);
    this.template = template;
    this.line = place.line;
    this.column = place.column;
    this.reason = reason;
  }
}

export interface TemplatePosition {
  readonly line: number;
  readonly column: number;
}

/** Line and column, both from 1, of an offset in a text. */
export function positionOf(text: string, offset: number): TemplatePosition {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: Array.from(before.slice(lineStart)).length + 1 };
}

/** A piece of a template, shortened for messages. */
export function shown(piece: string): string {
  return cut(piece, 81);
}

/** An error at an offset of the text, thrown where the template's name is not known. */
export class Complaint extends Error {
  readonly at: number;

  constructor(at: number, reason: string) {
    super(reason);
    this.at = at;
  }
}
