/** All letters except `l`: the digits of a stamp, in ascending order. */
const alphabet = 'abcdefghijkmnopqrstuvwxyz';
const base = BigInt(alphabet.length);
const bytes = 8;

/**
 * A time as letters that sort chronologically, to the second: Unix seconds as 8 bytes, in base 25, with one `a` in front for each leading
 * zero byte (as duat's `semver` tool stamped its pre-releases: 2019-04-18T15:43:32Z is `aaaagjhioon`).
 */
export function stampOf(moment: Date): string {
  return stampOfSeconds(BigInt(Math.max(0, Math.floor(moment.getTime() / 1000))));
}

/** The time encoded by a stamp, undefined if the text is none. */
export function momentOfStamp(stamp: string): Date | undefined {
  if (!/^[a-km-z]{8,13}$/.test(stamp)) return undefined;
  const seconds = [...stamp].reduce((sum, letter) => sum * base + BigInt(alphabet.indexOf(letter)), 0n);
  const moment = new Date(Number(seconds) * 1000);
  // An ordinary word is no stamp: re-encoding it would yield other leading letters.
  return stampOfSeconds(seconds) === stamp && !Number.isNaN(moment.getTime()) ? moment : undefined;
}

/** The time at the end of a pre-release such as `main-aaaagsbfdfr`. */
export function stampedAt(pre: readonly string[]): Date | undefined {
  return momentOfStamp(pre.at(-1)?.split('-').at(-1) ?? '');
}

function stampOfSeconds(seconds: bigint): string {
  let digits = '';
  for (let rest = seconds; rest > 0n; rest /= base) digits = alphabet.charAt(Number(rest % base)) + digits;
  const used = Math.ceil(seconds.toString(16).length / 2);
  return 'a'.repeat(seconds === 0n ? bytes : bytes - used) + digits;
}
