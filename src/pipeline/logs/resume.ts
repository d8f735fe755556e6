import { sortable } from '../../core/time/instant.ts';

/**
 * Where to resume reading a log. The kubelet returns lines from a whole second on, so known lines are repeated; if the last known line is
 * not repeated, it was rotated away together with what followed it.
 */
export interface LogPosition {
  /** Time of the last known line, RFC 3339 with up to nine decimals, in the time zone of its node. */
  readonly time: string;
  /** How many known lines have exactly this time. */
  readonly count: number;
}

export type LineKind = 'known' | 'new' | 'gap';

/** Determines for every line after a resume whether it is known, new, or new after a gap. */
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
