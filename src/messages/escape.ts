import { cut, cutBy } from '../core/text/cut.ts';
import { visibleLine, visibleName, visibleText } from '../core/text/visible.ts';

/** What Slack reads as the start of a mention, a link or an entity. https://docs.slack.dev/messaging/formatting-message-text */
const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** The text with exactly `&`, `<` and `>` replaced: nothing in it can mention anybody or become a link. */
export function escapeMrkdwn(text: string): string {
  return text.replace(/[&<>]/g, (character) => entities[character] ?? character);
}

/** Running text from outside on one line, as a field of Slack without markup takes it. */
export function plainText(text: string, max: number): string {
  return cut(visibleLine(early(text, max)), max);
}

/** A name from outside in such a field. */
export function plainName(name: string, max: number): string {
  return cut(visibleName(early(name, max)), max);
}

/** One line of running text from outside, escaped and at most `max` characters long as it is sent. */
export function externalText(text: string, max: number): string {
  return escapeWithin(unfenced(visibleLine(early(text, max))), max);
}

/** A name from outside (of a branch, tag, person, file …), in which every character can be seen, escaped and cut like that. */
export function named(name: string, max: number): string {
  return escapeWithin(unfenced(visibleName(early(name.trim(), max))), max);
}

/** Several lines of text from outside, escaped and at most `max` characters long as they are sent. */
export function paragraph(text: string, max: number): string {
  return escapeWithin(unfenced(visibleText(early(text, max))), max);
}

/** A name from outside as inline code. A backtick would end the code, so it becomes an apostrophe. */
export function code(name: string, max: number): string {
  const inner = named(name.replaceAll('`', "'"), max - 2);
  return inner === '' ? '' : `\`${inner}\``;
}

/** Markup that is ready to be sent, cut so that no entity, link, mention, code or fence in it is halved. */
export function cutMarkup(markup: string, max: number): string {
  if (markup.length <= max) return markup;
  const room = cut(markup, max - 6, '');
  const whole = room.replace(/<[^<>]*$/, '').replace(/&[a-z]{0,4}$/, '');
  if (whole.split('```').length % 2 === 0) return `${whole}…\n\`\`\``;
  const line = whole.slice(whole.lastIndexOf('\n') + 1);
  return `${whole}…${line.split('`').length % 2 === 0 ? '`' : ''}`;
}

/** What is cut anyhow is not looked at: strangers' texts may be long. */
function early(text: string, max: number): string {
  return text.length > 4 * max + 100 ? text.slice(0, 4 * max + 100) : text;
}

/** Three backticks would open a code block. */
function unfenced(text: string): string {
  return text.replace(/`{3,}/g, (run) => "'".repeat(run.length));
}

/** Cut before it is escaped, so that no entity is. */
function escapeWithin(text: string, max: number): string {
  return escapeMrkdwn(cutBy(text, max, (part) => escapeMrkdwn(part).length));
}
