import { dateText } from './date.ts';

/** Slack's mrkdwn as rich text elements, which render exactly; https://docs.slack.dev/messaging/formatting-message-text */

export interface Style {
  readonly bold?: boolean;
  readonly italic?: boolean;
  readonly strike?: boolean;
  readonly code?: boolean;
}

export type Inline =
  | { readonly type: 'text'; readonly text: string; readonly style?: Style }
  | { readonly type: 'link'; readonly url: string; readonly text?: string; readonly style?: Style }
  | { readonly type: 'user'; readonly user_id: string }
  | { readonly type: 'channel'; readonly channel_id: string }
  | { readonly type: 'usergroup'; readonly usergroup_id: string }
  | { readonly type: 'broadcast'; readonly range: 'here' | 'channel' | 'everyone' }
  | { readonly type: 'emoji'; readonly name: string };

export interface Part {
  readonly type: 'rich_text_section' | 'rich_text_preformatted' | 'rich_text_quote';
  readonly elements: readonly Inline[];
}

const entities: { readonly [name: string]: string } = { '&lt;': '<', '&gt;': '>', '&amp;': '&' };

/** The text that escaped text stands for. */
const unescapeText = (text: string): string => text.replaceAll(/&(?:lt|gt|amp);/g, (entity) => entities[entity] ?? entity);

const marks: { readonly [mark: string]: Style } = { '*': { bold: true }, _: { italic: true }, '~': { strike: true } };

// Code, <…>, :emoji:, and *bold* _italic_ ~strike~ that begin and end at a word's edge.
const token =
  /`(?<code>[^`\n]+)`|<(?<angle>[^<>\n]+)>|(?<![\w:]):(?<emoji>[a-z][a-z0-9_+-]*):(?!\w)|(?<![\w*_~])(?<mark>[*_~])(?=\S)(?<marked>[^\n]*?\S)\k<mark>(?![\w*_~])/g;

const styled = (style: Style): { style?: Style } => (Object.keys(style).length > 0 ? { style } : {});

function textPart(text: string, style: Style): Inline[] {
  return text === '' ? [] : [{ type: 'text', text: unescapeText(text), ...styled(style) }];
}

function anglePart(inner: string, style: Style): Inline {
  const [target = '', label] = inner.split('|', 2);
  const rest = target.slice(1);
  if (target.startsWith('@')) return { type: 'user', user_id: rest };
  if (target.startsWith('#')) return { type: 'channel', channel_id: rest };
  if (target.startsWith('!subteam^') && label) return { type: 'text', text: unescapeText(label), style: { ...style, bold: true } };
  if (target.startsWith('!subteam^')) return { type: 'usergroup', usergroup_id: target.slice('!subteam^'.length) };
  if (target.startsWith('!date^')) {
    const [, seconds = '', format = ''] = target.split('^');
    const text = dateText(seconds, unescapeText(format)) ?? unescapeText(label ?? '');
    return { type: 'text', text, ...styled(style) };
  }
  if (rest === 'here' || rest === 'channel' || rest === 'everyone') return { type: 'broadcast', range: rest };
  if (/^(?:https?:|mailto:)/.test(target)) {
    return { type: 'link', url: unescapeText(target), text: unescapeText(label ?? target), ...styled(style) };
  }
  return { type: 'text', text: unescapeText(label ?? `<${inner}>`), ...styled(style) };
}

/** One or more lines of mrkdwn without fences and quotes. */
export function inline(text: string, style: Style = {}): Inline[] {
  const parts: Inline[] = [];
  let end = 0;
  for (const match of text.matchAll(token)) {
    const { code, angle, emoji, mark, marked } = match.groups ?? {};
    parts.push(...textPart(text.slice(end, match.index), style));
    end = match.index + match[0].length;
    if (code !== undefined) parts.push({ type: 'text', text: unescapeText(code), style: { ...style, code: true } });
    else if (angle !== undefined) parts.push(anglePart(angle, style));
    else if (emoji !== undefined) parts.push({ type: 'emoji', name: emoji });
    else if (mark !== undefined && marked !== undefined) parts.push(...inline(marked, { ...style, ...marks[mark] }));
  }
  parts.push(...textPart(text.slice(end), style));
  return parts;
}

const quoteMark = /^(?:&gt;|>) ?/;

function paragraphs(text: string): Part[] {
  const parts: { quote: boolean; lines: string[] }[] = [];
  for (const line of text.split('\n')) {
    const quote = quoteMark.test(line);
    const words = quote ? line.replace(quoteMark, '') : line;
    const last = parts.at(-1);
    if (last?.quote === quote) last.lines.push(words);
    else parts.push({ quote, lines: [words] });
  }
  return parts
    .map(({ quote, lines }): Part => {
      const elements = inline(lines.join('\n'));
      return quote ? { type: 'rich_text_quote', elements } : { type: 'rich_text_section', elements };
    })
    .filter((part) => part.elements.length > 0);
}

/** A whole text: paragraphs, quotes and code fences. */
export function richText(text: string): Part[] {
  return text.split(/```\n?([\s\S]*?)\n?```\n?/).flatMap((piece, index): Part[] => {
    if (index % 2 === 0) return piece === '' ? [] : paragraphs(piece.replace(/\n$/, ''));
    return [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text: unescapeText(piece) }] }];
  });
}
