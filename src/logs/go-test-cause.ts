import type { Cause, ContainerEnd, TestCounts } from '../core/logs.ts';
import { cut } from '../core/text/cut.ts';
import { excerptOf, mostLines } from './excerpt.ts';
import { describeEnd } from './exit.ts';
import { shown, type TestLog } from './go-test-log.ts';
import { plainCause } from './plain.ts';

const mend = 'Fix what the lines above show, and commit; retry only if the cause is outside the commit.';

/** Why a test stage failed, from its log and from how its container ended. */
export function testCause(end: ContainerEnd, log: TestLog, counts: TestCounts | undefined): Cause {
  const how = describeEnd(end);
  if (how?.outside) {
    const during = counts?.running ? `, while ${cut(counts.running, 100)} was running` : '';
    return {
      kind: how.kind,
      title: `${end.container} ${how.what}${during}`,
      excerpt: sections(log, log.other.excerpt()),
      next: how.next,
    };
  }
  const reasons = [failed(log, counts), uncompiled(log), hung(log), panicked(log)].filter((reason) => reason !== undefined);
  const [first] = reasons;
  if (!first) return plainCause(end, log.other);
  const title = reasons.map((reason) => reason.title).join('; ');
  return { kind: first.kind, title: cut(title, 300), excerpt: sections(log, []), next: first.next };
}

type Reason = Omit<Cause, 'excerpt'>;

function failed(log: TestLog, counts: TestCounts | undefined): Reason | undefined {
  if (!counts || counts.failed === 0) return undefined;
  const names = log.tally.failures.map(({ name }) => shown(name));
  const named = names
    .slice(0, 3)
    .map((name) => cut(name, 80))
    .join(', ');
  const more = counts.failed > 3 ? ` and ${counts.failed - 3} more` : '';
  const all = counts.passed + counts.failed;
  const of = log.tally.complete ? ` of ${all}` : '';
  const tests = (of ? all : counts.failed) === 1 ? 'test' : 'tests';
  return { kind: 'test', title: `${counts.failed}${of} ${tests} failed: ${named}${more}`, next: mend };
}

function uncompiled(log: TestLog): Reason | undefined {
  if (log.broken.size === 0) return undefined;
  const [first] = log.broken;
  const more = log.broken.size > 1 ? ` and ${log.broken.size - 1} more packages do not compile` : ' does not compile';
  return { kind: 'compile', title: `${first}${more}`, next: mend };
}

function hung({ panic }: TestLog): Reason | undefined {
  if (!panic.isTimeout) return undefined;
  const where = panic.hung ? ` in ${cut(panic.hung, 100)}` : '';
  const next = 'Find out what hangs there; if it needs more time, raise -timeout of go test.';
  return { kind: 'timeout', title: `the tests timed out after ${panic.timeout}${where}`, next };
}

function panicked({ panic, panicked: test }: TestLog): Reason | undefined {
  if (panic.isTimeout || panic.message === undefined) return undefined;
  return { kind: 'panic', title: `${test ? shown(test) : 'the tests'} panicked: ${cut(panic.message, 150)}`, next: mend };
}

/** The lines of each error, with an equal share of the excerpt for each. */
function sections(log: TestLog, otherwise: readonly string[]): string[] {
  const parts: ((room: number) => readonly string[])[] = [];
  if (log.compiler.length > 0) parts.push((room) => log.compiler.slice(0, room));
  if (log.panic.lines.length > 0) parts.push((room) => log.panic.lines.slice(0, room));
  for (const { name, lines } of log.tally.failures.slice(0, 5)) {
    parts.push((room) => [`--- FAIL: ${shown(name)}`, ...unindented(lines.items().slice(1 - room))]);
  }
  if (parts.length === 0) return [...otherwise];
  const room = Math.max(2, Math.floor(mostLines / parts.length));
  return excerptOf(parts.flatMap((part) => part(room)));
}

/** Removes the common indentation of the lines, then indents them by two. */
function unindented(lines: readonly string[]): string[] {
  const least = Math.min(...lines.filter((line) => line !== '').map((line) => line.length - line.trimStart().length));
  return lines.map((line) => (line === '' ? '' : `  ${line.slice(least)}`));
}
