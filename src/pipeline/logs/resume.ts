import { sortable } from '../../core/time/instant.ts';

/**
 * Where a log that is read again goes on. The kubelet gives lines from a whole second on, so lines that are known come again; where the last
 * known line does not come again, it was rotated away with what followed it.
 */
export interface Mark {
  /** Time of the last known line, RFC 3339 with up to nine decimals, in the time zone of its node. */
  readonly time: string;
  /** How many known lines have exactly this time. */
  readonly count: number;
}

export type Seen = 'known' | 'new' | 'gap';

/** Tells for every line that comes after a resume whether it is known, new, or new after a gap. */
export function resumption(mark: Mark | undefined): (time: string) => Seen {
  if (!mark) return () => 'new';
  const last = sortable(mark.time);
  let again = 0;
  let beyond = false;
  return (time) => {
    const at = sortable(time);
    if (beyond || at > last) {
      const first = !beyond;
      beyond = true;
      return first && again === 0 ? 'gap' : 'new';
    }
    if (at < last) return 'known';
    again += 1;
    return again <= mark.count ? 'known' : 'new';
  };
}

export function advance(mark: Mark | undefined, time: string): Mark {
  return mark && sortable(mark.time) === sortable(time) ? { time, count: mark.count + 1 } : { time, count: 1 };
}
