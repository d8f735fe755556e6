import { sortable } from '../../core/time/instant.ts';

/**
 * Where a log that is read again goes on. The kubelet gives lines from a whole second on, so lines that are known come again; where the last
 * known line does not come again, it was rotated away with what followed it.
 */
export interface LogPosition {
  /** Time of the last known line, RFC 3339 with up to nine decimals, in the time zone of its node. */
  readonly time: string;
  /** How many known lines have exactly this time. */
  readonly count: number;
}

export type LineKind = 'known' | 'new' | 'gap';

/** Tells for every line that comes after a resume whether it is known, new, or new after a gap. */
export function resumption(position: LogPosition | undefined): (time: string) => LineKind {
  if (!position) return () => 'new';
  const last = sortable(position.time);
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
    return again <= position.count ? 'known' : 'new';
  };
}

export function advance(position: LogPosition | undefined, time: string): LogPosition {
  return position && sortable(position.time) === sortable(time) ? { time, count: position.count + 1 } : { time, count: 1 };
}
