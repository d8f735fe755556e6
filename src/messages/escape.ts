import { cut, cutBy, cutMiddle } from '../core/text/cut.ts';
import { visibleLine, visibleName, visibleText } from '../core/text/visible.ts';

/** Characters that Slack reads as the start of a mention, a link or an entity. https://docs.slack.dev/messaging/formatting-message-text */
const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** The text with only `&`, `<` and `>` escaped: nothing in it can mention anybody or become a link. */
export function escapeMrkdwn(text: string): string {
  return text.replace(/[&<>]/g, (character) => entities[character] ?? character);
}

/** Untrusted running text on one line, for a Slack field without markup. */
export function plainText(text: string, max: number): string {
  return cut(visibleLine(early(text, max)), max);
}

/** An untrusted name for such a field. */
export function plainName(name: string, max: number): string {
  return cut(visibleName(early(name, max)), max);
}

/** One line of untrusted running text, escaped and at most `max` characters long after escaping. */
export function externalText(text: string, max: number): string {
  return escapeWithin(unfenced(visibleLine(early(text, max))), max);
}

/**
 * A sentence that may quote untrusted text, in the same way. One that is too long loses its middle: what happened is at its beginning, and
 * what a person can do about it at its end.
 */
export function reasonText(text: string, max: number): string {
  const line = unfenced(visibleLine(cutMiddle(text, 4 * max + 100)));
  if (escapeMrkdwn(line).length <= max) return escapeMrkdwn(line);
  let [shown, tooMany] = ['', max + 1];
  for (let fits = 0; tooMany - fits > 1; ) {
    const middle = Math.floor((fits + tooMany) / 2);
    const escaped = escapeMrkdwn(cutMiddle(line, middle));
    if (escaped.length <= max) [fits, shown] = [middle, escaped];
    else tooMany = middle;
  }
  return shown;
}

/** An untrusted name (of a branch, tag, user, file …) with every character made visible, escaped and truncated in the same way. */
export function named(name: string, max: number): string {
  return escapeWithin(unfenced(visibleName(early(name.trim(), max))), max);
}

/** Several lines of untrusted text, escaped and at most `max` characters long after escaping. */
export function paragraph(text: string, max: number): string {
  return escapeWithin(unfenced(visibleText(early(text, max))), max);
}

/** An untrusted name as inline code. A backtick would end the code, so it becomes an apostrophe. */
export function code(name: string, max: number): string {
  const inner = named(name.replaceAll('`', "'"), max - 2);
  return inner === '' ? '' : `\`${inner}\``;
}

/** Markup ready to be sent, truncated so that no entity, link, mention, code or fence in it is split. */
export function cutMarkup(markup: string, max: number): string {
  if (markup.length <= max) return markup;
  const room = cut(markup, max - 6, '');
  const whole = room.replace(/<[^<>]*$/, '').replace(/&[a-z]{0,4}$/, '');
  if (whole.split('```').length % 2 === 0) return `${whole}…\n\`\`\``;
  const line = whole.slice(whole.lastIndexOf('\n') + 1);
  return `${whole}…${line.split('`').length % 2 === 0 ? '`' : ''}`;
}

/** Text that would be truncated anyway is dropped early: untrusted text may be long. */
function early(text: string, max: number): string {
  return text.length > 4 * max + 100 ? text.slice(0, 4 * max + 100) : text;
}

/** Three backticks would open a code block. */
function unfenced(text: string): string {
  return text.replace(/`{3,}/g, (run) => "'".repeat(run.length));
}

/** Truncated before it is escaped, so that no entity is split. */
function escapeWithin(text: string, max: number): string {
  return escapeMrkdwn(cutBy(text, max, (part) => escapeMrkdwn(part).length));
}
