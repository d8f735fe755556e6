/** What Slack reads as the start of a mention, a link or an entity. https://docs.slack.dev/messaging/formatting-message-text */
const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** The text with exactly `&`, `<` and `>` replaced: nothing in it can mention anybody or become a link. */
export function escapeMrkdwn(text: string): string {
  return text.replace(/[&<>]/g, (character) => entities[character] ?? character);
}

/** Text from outside on one line: line ends, control characters and marks that turn the reading direction become one space. */
export function oneLine(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\s]+/gu, ' ')
    .trim();
}

/** At most `max` characters, the last of which is `…` where something was cut off. */
export function clip(text: string, max: number): string {
  if (text.length <= max) return text;
  return `${text.slice(0, wholeCharacters(text, max - 1))}…`;
}

/** One line of text from outside, escaped and at most `max` characters long as it is sent. */
export function outside(text: string, max: number): string {
  return escapeWithin(unfenced(oneLine(text)), max);
}

/** Several lines of text from outside, escaped and at most `max` characters long as they are sent. */
export function paragraph(text: string, max: number): string {
  return escapeWithin(unfenced(text.toWellFormed()), max);
}

/** Text from outside as inline code. A backtick would end the code, so it becomes an apostrophe. */
export function code(text: string, max: number): string {
  const inner = outside(text.replaceAll('`', "'"), max - 2);
  return inner === '' ? '' : `\`${inner}\``;
}

/** Three backticks would open a code block. */
function unfenced(text: string): string {
  return text.replace(/`{3,}/g, (run) => "'".repeat(run.length));
}

function escapeWithin(text: string, max: number): string {
  const whole = escapeMrkdwn(text);
  if (whole.length <= max) return whole;
  let cut = '';
  for (const character of text) {
    const next = escapeMrkdwn(character);
    if (cut.length + next.length > max - 1) break;
    cut += next;
  }
  return `${cut}…`;
}

/** The largest length up to `length` that does not split a surrogate pair. */
function wholeCharacters(text: string, length: number): number {
  const last = text.charCodeAt(length - 1);
  return last >= 0xd800 && last <= 0xdbff ? length - 1 : length;
}
