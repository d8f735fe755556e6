import { trimEndSigns } from '../text/trim.ts';

/** What stands in place of a secret. */
export const redacted = '[redacted]';

/** Shorter values are no secrets: to take them out would take ordinary text. */
const shortest = 3;
/** Values shorter than this are taken out only where they stand alone. */
const shortestInside = 8;
/** Lines of a secret of several lines are taken out one by one, from this length on. */
const shortestLine = 16;

/** Takes out secrets that are known, also where they stand encoded: base64 (also inside a longer one), hexadecimal, URL, JSON, HTML and chat. */
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

/** Of the value alone, and the part of a longer base64 text that the value alone decides, at each of the three alignments. */
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

/** Alone: beside no letter and no digit, nor what another secret has left (there it was a part of a word before). */
function patternOf(form: string): string {
  const mark = escaped(redacted);
  return form.length < shortestInside ? `(?<![\\p{L}\\p{N}_]|${mark})${escaped(form)}(?![\\p{L}\\p{N}_]|${mark})` : escaped(form);
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
