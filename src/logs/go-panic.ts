import { before } from '../core/text/trim.ts';
import { mostLines } from './excerpt.ts';

/** Frames of Go's own packages are irrelevant for a test. */
const ownFrame = /\/src\/(?:testing|runtime|time)\/|_testmain\.go:/;
const start = /^(?:panic|fatal error): |^SIG[A-Z]+: /;
const timeout = /^panic: test timed out after (\S+)/;

/** Whether a line is the start of a panic. */
export function isPanic(line: string): boolean {
  return start.test(line);
}

/** The first panic in a log: its message, and the frames of its stacks that are not Go's own. */
export class GoPanic {
  readonly lines: string[] = [];
  readonly #running: string[] = [];
  #function: string | undefined;
  #open = false;

  /** Whether the line belongs to a panic. */
  take(line: string): boolean {
    if (start.test(line)) {
      this.#open = true;
      if (this.lines.length > 0 && !this.isTimeout && timeout.test(line)) this.lines.length = 0;
      if (this.lines.length === 0) this.#keep(line);
      return true;
    }
    if (this.#open && /^(?:FAIL\b|ok\b|===|---|exit status)/.test(line)) this.#open = false;
    if (this.#open) this.#frame(line);
    return this.#open;
  }

  get isTimeout(): boolean {
    return this.timeout !== undefined;
  }

  /** The duration after which the tests timed out. */
  get timeout(): string | undefined {
    return timeout.exec(this.lines[0] ?? '')?.[1];
  }

  /** The message of the panic. */
  get message(): string | undefined {
    const [first] = this.lines;
    return first === undefined ? undefined : before(first.replace(/^panic: /, ''), ' [recovered');
  }

  /** The innermost test that was running at the timeout. */
  get hung(): string | undefined {
    return this.#running.at(-1);
  }

  #frame(line: string): void {
    const test = /^\t\t(\S+) \([\dhms.µn]+\)$/.exec(line);
    if (test?.[1] !== undefined) {
      if (this.#running.length < mostLines) this.#running.push(test[1]);
      return;
    }
    if (/^\t\S+:\d+/.test(line)) {
      if (this.#function !== undefined && !ownFrame.test(line)) {
        this.#keep(this.#function);
        this.#keep(line.replace(/ \+0x[\da-f]+$/, ''));
      }
      this.#function = undefined;
    } else if (/^\S.*\)$|^created by /.test(line)) this.#function = line;
    else if (/^\[signal |^goroutine \d+ .*:$/.test(line)) this.#function = undefined;
    else if (line.trim() !== '' && this.lines.length < 6 && !line.includes('running tests:')) this.#keep(line);
  }

  #keep(line: string): void {
    if (this.lines.length < mostLines) this.lines.push(line);
  }
}
