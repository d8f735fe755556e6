import { cut } from '../core/text/cut.ts';

/** Longest part of a line that a reader keeps. */
const longestLine = 4000;

/** Control characters except tab, and bidirectional formatting characters. */
const control = /(?!\t)[\p{Cc}\p{Bidi_Control}]/u;
const controls = new RegExp(control, 'gu');
// Not util.stripVTControlCharacters: it takes quadratic time on a line full of escape sequences.
// biome-ignore lint/suspicious/noControlCharactersInRegex: matches terminal escape sequences (ECMA-48): CSI, OSC, others.
const terminal = /\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|\u001b[ -/]*[0-~]?/g;

/**
 * A line for display: truncated, without colors and other terminal sequences, control characters and bidirectional formatting characters.
 * Of a line that was overwritten in place (a progress bar), the last state is kept.
 */
export function clean(text: string, longest = longestLine): string {
  const start = text.length > longest * 4 ? text.slice(0, longest * 4) : text;
  const plain = control.test(start) ? lastState(start.replace(terminal, '')).replace(controls, '') : start;
  return cut(plain, longest);
}

function lastState(line: string): string {
  return line.includes('\r') ? (line.split('\r').findLast((state) => state.trim() !== '') ?? '') : line;
}
