import { cut } from '../core/text/cut.ts';

/** An event of `go test -json` (https://pkg.go.dev/cmd/test2json). `name` is `<package> <test>`. */
export interface TestEvent {
  readonly action: string;
  readonly pack: string;
  readonly name: string | undefined;
  readonly output: string;
}

/** No real name is longer; the cost of handling the parts of a name grows with its length. */
const longestName = 1000;

/** The event in a line; undefined for any other line. */
export function goTestEvent(line: string): TestEvent | undefined {
  if (!line.startsWith('{') || !line.includes('"Action":')) return undefined;
  try {
    const event = JSON.parse(line) as Partial<Record<string, unknown>>;
    const { Action: action, Package: pack, ImportPath: path, Test: test, Output: output } = event;
    if (typeof action !== 'string') return undefined;
    const where = cut(String(pack ?? path ?? ''), longestName);
    return {
      action,
      pack: where,
      name: typeof test === 'string' ? `${where} ${cut(test, longestName)}` : undefined,
      output: String(output ?? ''),
    };
  } catch {
    return undefined;
  }
}
