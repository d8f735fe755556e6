/**
 * A moment of RFC 3339 as text that sorts as time does, whatever time zone and however many decimals it was written with. Where the text is
 * no such moment, the text itself.
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

/** The earlier moment first, of two texts of RFC 3339. */
export function byInstant(a: string, b: string): number {
  // Of one form and in UTC they sort as they stand: so are nearly all, and long lists are sorted by them.
  const isOneForm = a.length === b.length && a.endsWith('Z') && b.endsWith('Z');
  const [first, second] = isOneForm ? [a, b] : [sortable(a), sortable(b)];
  if (first === second) return 0;
  return first < second ? -1 : 1;
}
