import { type KnownBlock, limits, type Message, paragraphs, section, textOf } from './blocks.ts';
import { cutMarkup } from './escape.ts';

/**
 * Maximum bytes of a message's blocks as JSON, with room for the ids that Slack adds. Above about 13,200 Slack returns
 * msg_blocks_too_long: https://github.com/slackapi/bolt-js/issues/2509, https://github.com/slackapi/bolt-js/issues/2867.
 */
export const mostBytes = 12_000;

/** Whether the blocks fit into one Slack message. */
export function fits(blocks: readonly KnownBlock[]): boolean {
  return blocks.length <= limits.blocks && excess(blocks) <= 0;
}

/** Bytes of the blocks beyond what one message can hold. */
function excess(blocks: readonly KnownBlock[]): number {
  return Buffer.byteLength(JSON.stringify(blocks)) - mostBytes;
}

export interface Listed {
  readonly head?: string;
  /** The lines of each item; an item is shown whole or not at all. */
  readonly items: readonly (readonly string[])[];
  /** Below the items. */
  readonly below?: readonly string[];
  /** The text about the items that did not fit, and how to see them. */
  readonly more: (left: number) => string;
  /** Number of further items that are not in `items`. */
  readonly hidden?: number;
}

/** As many items as fit into one message, and how many more there are. */
export function listMessage({ head, items, below = [], more, hidden = 0 }: Listed): Message {
  const linesOf = (shown: number) => {
    const left = items.length - shown + hidden;
    return [...(head === undefined ? [] : [head]), ...items.slice(0, shown).flat(), ...(left > 0 ? [more(left)] : []), ...below];
  };
  let [shown, tooMany] = [0, items.length + 1];
  while (tooMany - shown > 1) {
    const middle = Math.floor((shown + tooMany) / 2);
    if (fits(paragraphs(linesOf(middle)))) shown = middle;
    else tooMany = middle;
  }
  const lines = linesOf(shown);
  return { text: textOf(lines), blocks: paragraphs(lines) };
}

/** The message within Slack's limits: if it is too long, lines of its longest paragraphs are replaced by a note about them. */
export function fitted<M extends Message>(message: M): M {
  const blocks = message.blocks.map(ofLength).slice(0, limits.blocks);
  const text = cutMarkup(message.text, limits.text);
  for (let over = excess(blocks); over > 0; over = excess(blocks)) {
    const at = longest(blocks);
    if (at < 0) break;
    blocks.splice(at, 1, ...shortened(textIn(blocks[at]), over));
  }
  return { ...message, text, blocks };
}

function ofLength(block: KnownBlock): KnownBlock {
  if (block.type !== 'section' || block.text?.type !== 'mrkdwn' || block.text.text.length <= limits.longest) return block;
  return section(cutMarkup(block.text.text, limits.section));
}

const textIn = (block: KnownBlock | undefined): string => (block?.type === 'section' ? (block.text?.text ?? '') : '');

/** Index of the last of the longest paragraphs, excluding the first, which gives the subject; -1 if there is none. */
function longest(blocks: readonly KnownBlock[]): number {
  let at = -1;
  for (const [index, block] of blocks.entries()) {
    if (index > 0 && textIn(block) !== '' && textIn(block).length >= textIn(blocks[at]).length) at = index;
  }
  return at;
}

const fence = '```';
const shortest = 100;

/**
 * The paragraph without some lines (the last ones or, for a log, the first ones): `over` characters, at most half of it, so that
 * a few rounds suffice for any text. If it has a single line, half of that, or nothing at all.
 */
function shortened(text: string, over: number): KnownBlock[] {
  const isLog = text.startsWith(fence);
  const all = text.split('\n').filter((line) => line !== fence);
  const before = all.map((line) => Number(/^… (\d+) more lines?$/.exec(line)?.[1] ?? 0)).reduce((sum, one) => sum + one, 0);
  const lines = all.filter((line) => !/^… \d+ more lines?$/.test(line));
  if (lines.length <= 1) return text.length <= shortest ? [] : [section(cutMarkup(text, Math.floor(text.length / 2)))];
  const gone = linesIn(isLog ? lines : lines.toReversed(), Math.min(over, text.length / 2));
  const note = `… ${before + gone} more ${before + gone === 1 ? 'line' : 'lines'}`;
  return [section(isLog ? [fence, note, ...lines.slice(gone), fence].join('\n') : [...lines.slice(0, -gone), note].join('\n'))];
}

/** How many of the first lines make up the given number of characters; at least one, and never all. */
function linesIn(lines: readonly string[], characters: number): number {
  let [count, length] = [0, 0];
  while (count < lines.length - 1 && length < characters) {
    length += (lines[count]?.length ?? 0) + 1;
    count += 1;
  }
  return count;
}
