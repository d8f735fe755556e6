import { trimEndSigns } from '../text/trim.ts';

/** What replaces a secret. */
export const redacted = '[redacted]';

/** Shorter values are not redacted: that would remove ordinary text. */
const shortest = 3;
/** Values shorter than this are redacted only as separate words. */
const shortestInside = 8;
/** The lines of a multi-line secret are redacted individually from this length on. */
const shortestLine = 16;

/** Redacts known secrets, also if encoded: base64 (even inside a longer base64 text), hexadecimal, URL, JSON, HTML and Slack's escapes. */
export function knownSecrets(secrets: readonly string[]): (text: string) => string {
  const forms = new Set<string>();
  for (const secret of secrets) for (const form of formsOf(secret)) forms.add(form);
  if (forms.size === 0) return (text) => text;
  const longestFirst = [...forms].toSorted((a, b) => b.length - a.length).map(patternOf);
  const pattern = new RegExp([escaped(redacted), ...longestFirst].join('|'), 'gu');
  return (text) => text.replace(pattern, redacted);
}

function formsOf(secret: string): string[] {
  const value = secret.trim();
  if (value.length < shortest) return [];
  const lines = value.split(/\r?\n/);
  const parts = lines.length > 1 ? lines.map((line) => line.trim()).filter((line) => line.length >= shortestLine) : [];
  return [secret, value, ...parts].flatMap((part) => [part, ...encodingsOf(part)]).filter((form) => form.length >= shortest);
}

function encodingsOf(value: string): string[] {
  const url = encodeURIComponent(value.isWellFormed() ? value : '');
  const json = JSON.stringify(value).slice(1, -1);
  const twice = JSON.stringify(json).slice(1, -1);
  const hex = Buffer.from(value, 'utf8').toString('hex');
  const chat = value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return [
    chat,
    hex,
    hex.toUpperCase(),
    url,
    url.replaceAll(/%[\dA-F]{2}/g, (code) => code.toLowerCase()),
    url.replaceAll('%20', '+'),
    json,
    twice,
    ...base64Of(value),
  ];
}

/** The value on its own, and the part of a longer base64 text determined by the value alone, at each of the three alignments. */
function base64Of(value: string): string[] {
  const bytes = Buffer.from(value, 'utf8');
  const alone = trimEndSigns(bytes.toString('base64'), '=');
  const inside = [0, 1, 2].map((before) => {
    const text = trimEndSigns(Buffer.concat([Buffer.alloc(before), bytes]).toString('base64'), '=');
    const whole = Math.floor(((before + bytes.length) * 8) / 6);
    return text.slice(Math.ceil((before * 8) / 6), whole);
  });
  const standard = [`${alone}==`, `${alone}=`, alone, ...inside.filter((text) => text.length >= shortestInside)];
  return standard.flatMap((text) => [text, text.replaceAll('+', '-').replaceAll('/', '_')]);
}

/** Separate: not next to a letter or digit, nor to an already redacted secret (there it was part of a word before). */
function patternOf(form: string): string {
  const mark = escaped(redacted);
  return form.length < shortestInside ? `(?<![\\p{L}\\p{N}_]|${mark})${escaped(form)}(?![\\p{L}\\p{N}_]|${mark})` : escaped(form);
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
