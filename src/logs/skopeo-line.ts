/** A warning or an error of a program that logs with logrus. */
export interface LogrusLine {
  readonly level: string;
  readonly msg: string;
}

const pattern = /^time="[^"]{1,40}" level=(\w{1,10}) msg=(.*)$/;

/** A line such as `time="2026-01-02T03:04:05Z" level=fatal msg="…"`; undefined for any other. */
export function logrusLine(text: string): LogrusLine | undefined {
  const [, level, rest] = pattern.exec(text) ?? [];
  if (!level || rest === undefined) return undefined;
  return { level, msg: rest.startsWith('"') ? unquoted(rest) : rest };
}

/** Go's quotation marks and escapes, as far as JSON has them too. */
function unquoted(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    return text.replace(/^"|"$/g, '').replaceAll('\\"', '"').replaceAll('\\n', '\n');
  }
}
