import { messageOf } from '../../core/errors.ts';
import { cut } from '../../core/text/cut.ts';
import { trimEndSigns } from '../../core/text/trim.ts';

/** Whether a version may be released. Only `free` permits it: what could not be told is a value of its own, never a "no". */
export type VersionState =
  | { readonly state: 'free' }
  /** `why`: with the next step. */
  | { readonly state: 'taken'; readonly why: string }
  | UnknownVersion;

export interface UnknownVersion {
  readonly state: 'unknown';
  /** In sentences, with what a person can do if it does not pass by itself. */
  readonly why: string;
  readonly error: unknown;
}

/** Much longer than what the clients say; a server's own words must not displace the next step. */
const mostWords = 400;

/** @param about what is not known, as the beginning of a sentence; @param next what a person can do, in sentences */
export function doubted(about: string, error: unknown, next = ''): UnknownVersion {
  const why = `${about}: ${trimEndSigns(cut(messageOf(error), mostWords), '.')}.${next && ` ${next}`}`;
  return { state: 'unknown', why, error };
}

/** Of several answers: taken if one is, else unknown if one is. */
export function worst(states: readonly VersionState[]): VersionState {
  const found = (state: VersionState['state']) => states.find((one) => one.state === state);
  return found('taken') ?? found('unknown') ?? { state: 'free' };
}
