/** An event of `go test -json` (https://pkg.go.dev/cmd/test2json). `name` is `<package> <test>`. */
export interface TestEvent {
  readonly action: string;
  readonly pack: string;
  readonly name: string | undefined;
  readonly output: string;
}

/** The event that a line holds; undefined for any other line. */
export function goTestEvent(line: string): TestEvent | undefined {
  if (!line.startsWith('{') || !line.includes('"Action":')) return undefined;
  try {
    const event = JSON.parse(line) as Partial<Record<string, unknown>>;
    const { Action: action, Package: pack, ImportPath: path, Test: test, Output: output } = event;
    if (typeof action !== 'string') return undefined;
    const where = String(pack ?? path ?? '');
    return { action, pack: where, name: typeof test === 'string' ? `${where} ${test}` : undefined, output: String(output ?? '') };
  } catch {
    return undefined;
  }
}
