import { type ActionEnd, delimiterAt, lexAction } from './lex-action.ts';
import type { Token } from './syntax.ts';
import { Complaint } from './template-error.ts';

const space = /[ \t\r\n]/;

/**
 * The tokens of a template in the syntax of Go's text/template (https://pkg.go.dev/text/template).
 * Trim markers are applied and comments removed.
 * @throws Complaint
 */
export function lex(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let trimNext = false;
  while (at < text.length) {
    const open = text.indexOf('{{', at);
    const end = open < 0 ? text.length : open;
    const trimsBefore = open >= 0 && isTrimOpen(text, open);
    pushText(tokens, text.slice(at, end), at, { start: trimNext, end: trimsBefore });
    if (open < 0) break;
    const inside = open + (trimsBefore ? 3 : 2);
    const after = skipComment(text, inside, open) ?? lexAction(text, inside, open, tokens);
    at = after.end;
    trimNext = after.trims;
  }
  return tokens;
}

/** `{{- ` trims; `{{-3}}` is a number. */
function isTrimOpen(text: string, open: number): boolean {
  return text[open + 2] === '-' && space.test(text[open + 3] ?? '');
}

function skipComment(text: string, inside: number, open: number): ActionEnd | undefined {
  let start = inside;
  if (inside === open + 3) while (space.test(text[start] ?? '')) start++;
  if (!text.startsWith('/*', start)) return undefined;
  const close = text.indexOf('*/', start + 2);
  if (close < 0) throw new Complaint(open, 'this comment is not closed: close it with */}}');
  let next = close + 2;
  while (space.test(text[next] ?? '')) next++;
  const end = delimiterAt(text, next);
  const touches = next === close + 2 || end?.trims === true;
  if (!end || !touches) throw new Complaint(close, 'a comment must fill its action: close it with */}} or */ -}}');
  return end;
}

function pushText(tokens: Token[], text: string, at: number, trim: { start: boolean; end: boolean }): void {
  let start = 0;
  let end = text.length;
  if (trim.start) while (start < end && space.test(text[start] ?? '')) start++;
  if (trim.end) while (end > start && space.test(text[end - 1] ?? '')) end--;
  if (end > start) tokens.push({ kind: 'text', at: at + start, text: text.slice(start, end), spaced: false });
}
