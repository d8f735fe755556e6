import type { ReactElement } from 'react';
import { h } from './h.ts';

/** A person's initial, or the app's wheel, in a square. */
export function Avatar({ name, bot = false, small = false }: { name: string; bot?: boolean; small?: boolean }): ReactElement {
  const hue = [...name].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 360, 7);
  const style = bot ? {} : { backgroundColor: `hsl(${hue} 42% 38%)` };
  return h(
    'span',
    { className: `avatar${bot ? ' bot' : ''}${small ? ' small' : ''}`, style, 'aria-hidden': true },
    bot ? '⎈' : name.slice(0, 1).toUpperCase(),
  );
}
