const units = { h: 3_600_000, m: 60_000, s: 1000 } as const;
const longest = 365 * 24 * units.h;

/** What a valid duration looks like, for messages. */
export const durationForm = 'a duration such as 90s, 45m, 2h or 1h30m, longer than zero and at most a year';

/** The syntax of a duration; `durationOf` checks that it is longer than zero and at most a year. */
export const durationLetters = /^(?=\d)(?:\d+h)?(?:\d+m)?(?:\d+s)?$/;

/** Milliseconds of `90s`, `45m`, `2h`, `1h30m`; undefined if the text is no duration, zero, or longer than a year. */
export function durationOf(text: string): number | undefined {
  const parts = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text);
  if (!parts || text === '') return undefined;
  const [, h = '0', m = '0', s = '0'] = parts;
  const total = Number(h) * units.h + Number(m) * units.m + Number(s) * units.s;
  return total > 0 && total <= longest ? total : undefined;
}

/** `1h30m` for 5 400 000. */
export function durationText(milliseconds: number): string {
  const h = Math.floor(milliseconds / units.h);
  const m = Math.floor((milliseconds % units.h) / units.m);
  const s = Math.round((milliseconds % units.m) / units.s);
  return `${h ? `${h}h` : ''}${m ? `${m}m` : ''}${s || !(h || m) ? `${s}s` : ''}`;
}
