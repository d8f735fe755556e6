import { clean } from './clean.ts';
import { makisuLine } from './makisu-line.ts';

/** Fields of a line that its message says already, or nobody reads. */
const known = new Set(['level', 'ts', 'msg', 'duration', 'total_image_size']);

/** What a line of a build's log says, as one or several lines: of Makisu's JSON the message; any other line as it is. */
export function makisuShown(text: string): string[] {
  const line = makisuLine(text);
  if (!line) return [text];
  const said = line.msg.replace(/\n$/, '').split('\n');
  // What RUN prints ends with a line end, and its standard error, which stands at level error, is mostly none.
  const level = !line.msg.endsWith('\n') && (line.level === 'warn' || line.level === 'error') ? [`${line.level}:`] : [];
  return said.map((part, index) =>
    [...(index === 0 ? level : []), clean(part), ...(index === said.length - 1 ? rest(text) : [])].join(' '),
  );
}

/** Fields that the message may not say, as `name=value`. */
function rest(text: string): string[] {
  try {
    const fields: object = JSON.parse(text);
    return Object.entries(fields).flatMap(([name, value]) => (known.has(name) ? [] : [`${name}=${clean(JSON.stringify(value))}`]));
  } catch {
    return [];
  }
}
