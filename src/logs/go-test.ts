import type { Cause, ContainerEnd, Progress, Reader } from '../core/logs.ts';
import { before } from '../core/text/trim.ts';
import { clean } from './clean.ts';
import { isPanic } from './go-panic.ts';
import { testCause } from './go-test-cause.ts';
import { goTestEvent, type TestEvent } from './go-test-json.ts';
import { shown, TestLog } from './go-test-log.ts';
import type { Verdict } from './test-tally.ts';

const turn = /^=== (RUN|CONT|NAME|PAUSE)\s+(\S+)/;
const result = /^( *)--- (PASS|FAIL|SKIP): (\S+)/;
const packageEnd = /^(ok|FAIL)\s+([^\s[]+)(?:\s.*|$)/;
const verdicts: Readonly<Record<string, Verdict>> = { PASS: 'passed', FAIL: 'failed', SKIP: 'skipped' };
const compilerLine = /^(?:\S+\.\w+:\d+|\t|vet: |too many errors)/;

/** Reads the output of `go test`, with or without -v, or with -json. Tests are counted as described at TestTally. */
export function goTestReader(): Reader {
  return new GoTestReader();
}

class GoTestReader implements Reader {
  readonly #log = new TestLog();
  /** The test whose output follows, and the minimum indentation of those lines. */
  #current: { name: string; indent: number } | undefined;
  #compiling = false;

  line(raw: string): void {
    const event = goTestEvent(raw);
    if (event) this.#event(event);
    else this.#text(clean(raw));
  }

  progress(): Progress {
    const { tally } = this.#log;
    const tests = tally.counts(shown);
    const notes = [...tally.skips].map(([reason, count]) => `${count} skipped: ${reason}`);
    return { ...(tests && { tests }), ...(notes.length > 0 && { notes }) };
  }

  shown(text: string): string[] {
    return [text];
  }

  cause(end: ContainerEnd): Cause {
    return testCause(end, this.#log, this.progress().tests);
  }

  #text(line: string): void {
    const { tally, panic, other } = this.#log;
    if (this.#marker(line)) return;
    other.add(line);
    if (panic.take(line)) {
      this.#panic(line, this.#current?.name);
      return;
    }
    if (this.#compiling && compilerLine.test(line)) this.#log.compilerSays(line);
    else this.#compiling = false;
    if (!this.#current) return;
    if (indentOf(line) >= this.#current.indent) tally.output(this.#current.name, line.trimEnd());
    else this.#current = undefined;
  }

  #panic(line: string, name: string | undefined): void {
    this.#log.panicked ??= name;
    if (name !== undefined && isPanic(line)) this.#log.tally.output(name, line);
  }

  /** Handles the lines that `go test` itself writes. */
  #marker(line: string): boolean {
    switch (line.trimStart()[0]) {
      case '=':
        return this.#turn(turn.exec(line));
      case '-':
        return this.#result(result.exec(line));
      case 'o':
      case 'F':
        return this.#packageEnd(packageEnd.exec(line), line);
      case '#':
        this.#compiling ||= /^# \S+(?: \[\S+\])?$/.test(line);
        if (this.#compiling) this.#log.compilerSays(line);
        return this.#compiling;
      default:
        return false;
    }
  }

  #turn(found: RegExpExecArray | null): boolean {
    const [, word, name] = found ?? [];
    if (word === undefined || name === undefined) return false;
    if (word === 'RUN') this.#log.tally.begin(name);
    this.#current = word === 'PAUSE' ? undefined : { name, indent: 0 };
    return true;
  }

  #result(found: RegExpExecArray | null): boolean {
    const [, space = '', word = '', name] = found ?? [];
    const verdict = verdicts[word];
    if (name === undefined || !verdict) return false;
    this.#log.tally.end(name, verdict);
    this.#current = { name, indent: space.length + 4 };
    return true;
  }

  #packageEnd(found: RegExpExecArray | null, line: string): boolean {
    const [, word, name] = found ?? [];
    if (word === undefined || name === undefined || (word === 'FAIL' && line[4] !== '\t' && !line.startsWith('FAIL ')))
      return line === 'FAIL';
    this.#log.panic.take(line);
    if (/\[(?:build|setup) failed\]/.test(line)) this.#log.broken.add(name);
    this.#log.tally.close();
    this.#current = undefined;
    return true;
  }

  #event({ action, name, pack, output }: TestEvent): void {
    const { tally, panic, other } = this.#log;
    const verdict = verdicts[action.toUpperCase()];
    if (action === 'run' && name) tally.begin(name);
    else if (verdict && name) tally.end(name, verdict);
    else if (verdict) tally.close(`${pack} `);
    else if (action === 'build-output') this.#log.compilerSays(clean(output).trimEnd());
    else if (action === 'build-fail') this.#log.broken.add(before(pack, ' ['));
    if (action !== 'output') return;
    const line = clean(output.replace(/\n$/, ''));
    if (/^\s*(?:===|---) /.test(line)) return;
    other.add(line);
    if (panic.take(line)) this.#panic(line, name);
    else if (name) tally.output(name, line.trimEnd());
  }
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}
