import { clean } from './clean.ts';
import { makisuLine } from './makisu-line.ts';
import { isFailure } from './makisu-output.ts';

/** Fields of a line that its message already contains, or that nobody reads. */
const known = new Set(['level', 'ts', 'msg', 'duration', 'total_image_size']);

/** A line of a build's log for display, as one or more lines: the message of Makisu's JSON; any other line as it is. */
export function makisuShown(text: string): string[] {
  const line = makisuLine(text);
  if (!line) return [text];
  const said = line.msg.replace(/\n$/, '').split('\n');
  // The output of a RUN ends with a line break, and its standard error, logged at level error, is mostly not an error.
  const isOutput = line.msg.endsWith('\n') && !isFailure(line);
  const level = !isOutput && (line.level === 'warn' || line.level === 'error') ? [`${line.level}:`] : [];
  return said.map((part, index) =>
    [...(index === 0 ? level : []), clean(part), ...(index === said.length - 1 ? rest(text) : [])].join(' '),
  );
}

/** Fields that the message may not contain, as `name=value`. */
function rest(text: string): string[] {
  try {
    const fields: object = JSON.parse(text);
    return Object.entries(fields).flatMap(([name, value]) => (known.has(name) ? [] : [`${name}=${clean(JSON.stringify(value))}`]));
  } catch {
    return [];
  }
}
