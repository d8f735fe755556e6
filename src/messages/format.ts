import { duration } from '../core/time/duration.ts';

/** A size in bytes in words, in powers of 1000 as usual for registries and container tools: `12.3 MB`. */
export function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${value < 10 && power > 0 ? value.toFixed(1) : Math.round(value)} ${units[power]}`;
}

export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** A time shown to every reader in their own time zone; clients without support for that show UTC. */
export function moment(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return 'an unknown time';
  return `<!date^${Math.floor(date.getTime() / 1000)}^{date_short_pretty} {time}|${utc(iso)}>`;
}

/** A time without markup: `2026-11-24 14:00 UTC`. */
export function utc(iso: string): string {
  return `${new Date(iso).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** Formats the timestamp in a sentence for display. Sentences of the core contain at most one. */
export function withMoment(text: string, as: (iso: string) => string): string {
  return text.replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/, (iso) => (Number.isNaN(Date.parse(iso)) ? iso : as(iso)));
}

/**
 * The time between two timestamps in words; undefined if one of them is missing. Both are truncated to whole seconds, as in the cluster's
 * timestamps: a shorter interval then never appears longer than one that contains it.
 */
export function between(from: string | undefined, to: string | undefined): string | undefined {
  const second = (moment: string) => Math.floor(Date.parse(moment) / 1000) * 1000;
  return from === undefined || to === undefined ? undefined : duration(second(to) - second(from));
}
