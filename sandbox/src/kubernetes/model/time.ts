/** Times as the API writes them: whole seconds for objects (meta/v1 Time), microseconds for MicroTime, nanoseconds for log lines. */

/** RFC 3339 with whole seconds. */
export const timestamp = (milliseconds: number): string => `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;

export const now = (): string => timestamp(Date.now());

/** RFC 3339 with six digits of the second (MicroTime). */
export const microTime = (milliseconds: number): string => new Date(milliseconds).toISOString().replace('Z', '000Z');

/** Milliseconds since the epoch; undefined where the text is no time. */
export function parseTime(text: string | undefined): number | undefined {
  const milliseconds = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}

/** Nanoseconds since the epoch, always larger than the answer before. */
export function nanoClock(): () => bigint {
  let last = 0n;
  const base = BigInt(Date.now()) * 1_000_000n - process.hrtime.bigint();
  return () => {
    const present = base + process.hrtime.bigint();
    last = present > last ? present : last + 1n;
    return last;
  };
}

/**
 * RFC 3339 with nine digits of the second, as a kubelet writes it before each line of a log: in the time zone of its node, which is so many
 * minutes before UTC.
 */
export function nanoTimestamp(nanoseconds: bigint, zone = 0): string {
  const fraction = (nanoseconds % 1_000_000_000n).toString().padStart(9, '0');
  const [hours, minutes] = [Math.trunc(Math.abs(zone) / 60), Math.abs(zone) % 60].map((part) => String(part).padStart(2, '0'));
  const offset = zone === 0 ? 'Z' : `${zone < 0 ? '-' : '+'}${hours}:${minutes}`;
  return `${timestamp(Number(nanoseconds / 1_000_000n) + zone * 60_000).slice(0, 19)}.${fraction}${offset}`;
}
