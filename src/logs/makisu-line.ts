/** One line of Makisu's log, as zap writes it. */
export interface MakisuLine {
  readonly level: string;
  readonly msg: string;
  readonly imageBytes?: number;
}

const head = /^\{"level":"(\w+)","ts":[\d.e+]+,"msg":"/;

/** A line of Makisu's log; undefined for anything else, such as the stack trace of a panic. */
export function makisuLine(text: string): MakisuLine | undefined {
  if (!text.startsWith('{"level":"')) return undefined;
  try {
    return fromJson(JSON.parse(text));
  } catch {
    return cutLine(text);
  }
}

function fromJson(value: unknown): MakisuLine | undefined {
  const { level, msg, total_image_size: size } = value as { level?: unknown; msg?: unknown; total_image_size?: unknown };
  if (typeof level !== 'string' || typeof msg !== 'string') return undefined;
  return { level, msg, ...(typeof size === 'number' && { imageBytes: size }) };
}

/** A RUN may print a megabyte as one line; if it was truncated, the rest of the message is still useful. */
function cutLine(text: string): MakisuLine | undefined {
  const found = head.exec(text);
  if (!found) return undefined;
  const rest = text.slice(found[0].length);
  const whole = rest.replace(/\\(?:u[\da-fA-F]{0,3})?$/, '');
  try {
    return { level: found[1] ?? 'info', msg: String(JSON.parse(`"${whole}"`)) };
  } catch {
    return { level: found[1] ?? 'info', msg: rest };
  }
}
