import type { TestCounts } from '../core/logs.ts';
import { Tail } from './excerpt.ts';

export type Verdict = 'passed' | 'failed' | 'skipped';

/** A test that failed, with its own last lines. */
export interface Failure {
  readonly name: string;
  readonly lines: Tail<string>;
}

/** Limits on open tests and failures kept, so that a log cannot exhaust the memory. */
const mostOpen = 5000;
const mostFailures = 50;
const linesKept = 16;

interface Open {
  /** It has subtests: the test itself is not counted, unless it fails without any of them failing. */
  parent: boolean;
  lines: Tail<string> | undefined;
  /** The verdict that was counted for the test, in case verdicts of its subtests follow. */
  counted: Verdict | undefined;
  childFailed: boolean;
}

/**
 * Counts the Go tests that have no subtests; a test with subtests counts only if it fails by itself.
 * Verdicts may come children first (`go test -json`) or parents first (the text output of `go test -v`).
 */
export class TestTally {
  readonly failures: Failure[] = [];
  readonly skips = new Map<string, number>();
  readonly #counts: Record<Verdict, number> = { passed: 0, failed: 0, skipped: 0 };
  readonly #tests = new Map<string, Open>();
  #running: string | undefined;
  seen = false;
  /** The log names tests when they start, so it includes those that pass. */
  complete = false;

  begin(name: string): void {
    this.seen = true;
    this.complete = true;
    this.#running = name;
    this.#tests.delete(name);
    this.#open(name);
    const parent = this.#tests.get(parentOf(name) ?? '');
    if (parent) parent.parent = true;
  }

  /** A line that a test printed. */
  output(name: string, line: string): void {
    const test = this.#open(name);
    test.lines ??= new Tail(linesKept);
    test.lines.add(line);
  }

  end(name: string, verdict: Verdict): void {
    this.seen = true;
    const test = this.#open(name);
    if (this.#running === name) this.#running = undefined;
    this.#correctParents(name, verdict);
    test.counted = undefined;
    if (test.parent && (verdict !== 'failed' || test.childFailed)) return;
    test.counted = verdict;
    this.#counts[verdict]++;
    if (verdict === 'failed') this.#fail(name, test);
    if (verdict === 'skipped') this.#skip(test);
    if (verdict !== 'failed') test.lines = undefined;
  }

  /** All tests of a package have ended; their names start with `prefix`. */
  close(prefix = ''): void {
    for (const name of this.#tests.keys()) if (name.startsWith(prefix)) this.#tests.delete(name);
    if (this.#running?.startsWith(prefix)) this.#running = undefined;
  }

  counts(shown: (name: string) => string): TestCounts | undefined {
    if (!this.seen) return undefined;
    const running = this.#running === undefined ? undefined : shown(this.#running);
    return { ...this.#counts, ...(running !== undefined && { running }) };
  }

  /** A failed subtest is the failure, not the tests that contain it; tests that contain a subtest are not counted. */
  #correctParents(name: string, verdict: Verdict): void {
    for (let parent = parentOf(name); parent !== undefined; parent = parentOf(parent)) {
      const test = this.#tests.get(parent);
      if (!test) continue;
      test.parent = true;
      if (verdict === 'failed') test.childFailed = true;
      if (!test.counted || (test.counted === 'failed' && verdict !== 'failed')) continue;
      this.#counts[test.counted]--;
      if (test.counted === 'failed') this.#forget(parent);
      test.counted = undefined;
    }
  }

  #open(name: string): Open {
    const known = this.#tests.get(name);
    if (known) return known;
    if (this.#tests.size >= mostOpen) for (const oldest of [...this.#tests.keys()].slice(0, mostOpen / 2)) this.#tests.delete(oldest);
    const test: Open = { parent: false, lines: undefined, counted: undefined, childFailed: false };
    this.#tests.set(name, test);
    return test;
  }

  #fail(name: string, test: Open): void {
    test.lines ??= new Tail(linesKept);
    if (this.failures.length < mostFailures) this.failures.push({ name, lines: test.lines });
  }

  #forget(name: string): void {
    const index = this.failures.findIndex((failure) => failure.name === name);
    if (index >= 0) this.failures.splice(index, 1);
  }

  /** The reason for a skip is the last line that the test printed, `place: reason`. */
  #skip(test: Open): void {
    const reason = test.lines
      ?.items()
      .at(-1)
      ?.trim()
      .replace(/^\S+\.\w+(?::\d+)?: /, '');
    if (reason && (this.skips.has(reason) || this.skips.size < 10)) this.skips.set(reason, (this.skips.get(reason) ?? 0) + 1);
  }
}

function parentOf(name: string): string | undefined {
  const slash = name.lastIndexOf('/');
  return slash < 0 ? undefined : name.slice(0, slash);
}
