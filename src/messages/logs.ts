import type { Posted } from '../core/chat.ts';
import type { Reply } from '../core/command/command.ts';
import type { Run } from '../core/run/run.ts';
import { fileName } from '../core/text/fields.ts';
import { type KnownBlock, limits, type Message, plainMessage, section } from './blocks.ts';
import { named, paragraph, reasonText } from './escape.ts';
import { fences } from './fence.ts';
import { fits } from './fit.ts';
import { count } from './format.ts';

/** A text too long for a message. `thread`: the run's message, in whose thread it belongs. */
export interface LogFile {
  readonly name: string;
  readonly text: string;
  readonly thread?: Posted;
}

const mostFences = 3;

/** The last lines of a log; if they do not fit into a message, all of them are attached as a file. */
export function logsMessage({ run, stage, lines, total, cause }: Extract<Reply, { kind: 'logs' }>): Message & { file?: LogFile } {
  const name = `*${named(stage, 60)}* of *${named(run.id, 100)}*`;
  if (lines.length === 0) return plainMessage(`${name} has no log yet.`);
  const whole = lines.length === total;
  const shown = whole
    ? `all ${count(total, 'line')}`
    : `the last ${count(lines.length, 'line')}${total === undefined ? '' : ` of ${total}`}`;
  const head = `${name}: ${shown}`;
  const why = cause ? [section(`${reasonText(cause.title, 600)}\n*Next:* ${paragraph(cause.next, 1000)}`)] : [];
  const { parts, left } = partsOf(lines, (blocks) =>
    fits([section(`${head}, too long to show here; these are the last ones`), ...blocks, ...why]),
  );
  return {
    text: head,
    blocks: [section(`${head}${left > 0 ? ', too long to show here; these are the last ones' : ''}`), ...parts, ...why],
    ...(left > 0 && { file: logFile(run, stage, lines.join('\n')) }),
  };
}

/** The lines in as many fences as fit. */
function partsOf(lines: readonly string[], isRoom: (blocks: readonly KnownBlock[]) => boolean): { parts: KnownBlock[]; left: number } {
  for (let most = mostFences; most > 1; most -= 1) {
    const { fences: texts, left } = fences(lines, limits.section, most);
    const parts = texts.map(section);
    if (isRoom(parts)) return { parts, left };
  }
  const { fences: texts, left } = fences(lines, limits.section, 1);
  return { parts: texts.map(section), left };
}

function logFile(run: Run, stage: string, text: string): LogFile {
  const { message } = run.delivery;
  return {
    name: fileName(`${run.id}-${stage}.log`),
    text,
    ...(message?.state === 'posted' && { thread: { channel: message.channel, ts: message.ts } }),
  };
}
