import { GoPanic } from './go-panic.ts';
import { SalientLines } from './salient-lines.ts';
import { TestTally } from './test-tally.ts';

const mostCompilerLines = 12;

/** What is known from the log of Go tests so far. */
export class TestLog {
  readonly tally = new TestTally();
  readonly panic = new GoPanic();
  readonly other = new SalientLines();
  readonly compiler: string[] = [];
  /** Packages that do not compile. */
  readonly broken = new Set<string>();
  /** The test in whose output the panic occurred. */
  panicked: string | undefined;

  compilerSays(line: string): void {
    if (this.compiler.length < mostCompilerLines) this.compiler.push(line);
  }
}

/** The name of a test without its package. */
export function shown(name: string): string {
  return name.slice(name.lastIndexOf(' ') + 1);
}
