/**
 * An RFC 3339 timestamp as text that sorts chronologically, whatever its time zone and number of decimals. A text that is no
 * timestamp is returned unchanged.
 */
export function sortable(time: string): string {
  const {
    whole,
    decimals = '',
    zone,
  } = /^(?<whole>\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d)(?:[.,](?<decimals>\d+))?(?<zone>[Zz]|[+-]\d\d:\d\d)$/.exec(time)?.groups ?? {};
  const ms = Date.parse(`${whole}${zone}`.toUpperCase());
  return Number.isNaN(ms) ? time : `${new Date(ms).toISOString().slice(0, 19)}.${decimals.padEnd(9, '0')}`;
}

/** Compares two RFC 3339 timestamps, earlier first. */
export function byInstant(a: string, b: string): number {
  // Timestamps of equal length in UTC sort as text: nearly all do, and long lists are sorted by them.
  const isOneForm = a.length === b.length && a.endsWith('Z') && b.endsWith('Z');
  const [first, second] = isOneForm ? [a, b] : [sortable(a), sortable(b)];
  if (first === second) return 0;
  return first < second ? -1 : 1;
}
