/** One row of the table of attacks: what was tried against the bot as a process, and what it did before and does now. */
export interface AttackRow {
  /** Place in the table; also the beginning of the names of its files. */
  readonly number: number;
  /** The kind of fault, in a few words. */
  readonly kind: string;
  /** What was tried. */
  readonly attack: string;
  /** What was seen before the fault was fixed, with its figures. */
  readonly before: string;
  /** What is seen now, with its figures; the tests of the same number hold it. */
  readonly after: string;
}

/** The table as Markdown, in the order of its numbers. `tests`: names of the test files, which begin with the number of their row. */
export function tableOf(rows: readonly AttackRow[], tests: readonly string[]): string {
  const ordered = rows.toSorted((a, b) => a.number - b.number);
  const lines = ordered.map(({ number, kind, attack, before, after }) => {
    const held = testsOf(number, tests).map((name) => `[${name.split('/').at(-1)}](${name})`);
    return `| ${[number, kind, attack, before, after, held.join(' ')].map(cell).join(' | ')} |`;
  });
  return ['| # | kind | attack | before | now | held by |', '| --- | --- | --- | --- | --- | --- |', ...lines].join('\n');
}

/** The test files of a row: `07-edited-mention.test.ts` belongs to number 7. */
export function testsOf(number: number, tests: readonly string[]): string[] {
  return tests.filter((name) => Number(/(\d\d)-[^/]*$/.exec(name)?.[1]) === number);
}

function cell(value: string | number): string {
  return String(value).replaceAll('|', '\\|').replaceAll('\n', ' ');
}
