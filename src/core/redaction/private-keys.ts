import { redacted } from './known.ts';

const begin = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/;
const end = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/;
/** A line of a PEM block: base64, or a header of an encrypted key. */
const body = /^(?:[A-Za-z0-9+/=]{1,200}$|(?:Proc-Type|DEK-Info|Comment|Version|Hash): )/;
/** A block that does not end within this many lines is not treated as one. */
const mostLines = 400;

/** Removes PEM private keys from a log, line by line, tracking whether earlier lines left one open. */
export class PrivateKeys {
  #left = 0;

  without(line: string): string {
    if (this.#left > 0) return this.#inside(line);
    return line.includes('-----BEGIN ') ? this.#outside(line) : line;
  }

  #inside(line: string): string {
    const last = line.includes('-----END ') ? end.exec(line) : null;
    if (last) {
      this.#left = 0;
      return redacted + this.#outside(line.slice(last.index + last[0].length));
    }
    const text = line.trim();
    if (text !== '' && !body.test(text)) {
      this.#left = 0;
      return this.without(line);
    }
    this.#left--;
    return text === '' ? line : redacted;
  }

  /** All blocks that begin in this line; one without an end stays open for the following lines. */
  #outside(line: string): string {
    let done = '';
    let rest = line;
    for (let first = begin.exec(rest); first; first = begin.exec(rest)) {
      const after = rest.slice(first.index + first[0].length);
      const last = end.exec(after);
      done += rest.slice(0, first.index) + redacted;
      if (!last) {
        this.#left = mostLines;
        return done;
      }
      rest = after.slice(last.index + last[0].length);
    }
    return done + rest;
  }
}
