import { machineTime, monotonic } from '../../core/time/clock.ts';
import { HttpError } from './http-error.ts';

const mostMs = 3_600_000;
/** A timer may come a moment early. */
const leniencyMs = 100;

/** The headers of an answer that say how long to wait; each as it was sent. */
export interface WaitHeaders {
  readonly retryAfter?: string | undefined;
  /** `x-ratelimit-reset` of GitHub, where nothing remains: Unix seconds. */
  readonly reset?: string | undefined;
  /** What the time is where the answer was made: moments are read against that, not against our own clock. */
  readonly date?: string | undefined;
}

/**
 * Milliseconds that an answer asks to wait, an hour at most; undefined where it does not.
 * Retry-After is a number of seconds or a date: https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 */
export function waitIn({ retryAfter = '', reset = '', date = '' }: WaitHeaders): number | undefined {
  const [, seconds] = /^ *(\d{1,9}) *(?:,|$)/.exec(retryAfter) ?? [];
  if (seconds !== undefined) return Math.min(mostMs, Number(seconds) * 1_000);
  // A date begins with the day of the week; of other text JavaScript makes dates, too.
  const until = /^\d{1,12}$/.test(reset) ? Number(reset) * 1_000 : Date.parse(/^ *[A-Z][a-z]+,? /.test(retryAfter) ? retryAfter : '');
  if (Number.isNaN(until)) return undefined;
  return Math.min(mostMs, Math.max(0, until - (Date.parse(date) || machineTime().getTime())));
}

/** Which hosts have asked to wait, and how long yet: asked to wait, all wait. By a clock that nobody sets. */
export class HostLimits {
  readonly #until = new Map<string, number>();

  /** Milliseconds until the host may be asked again; 0: now. */
  left(host: string): number {
    const left = (this.#until.get(host) ?? 0) - monotonic();
    if (left > leniencyMs) return left;
    this.#until.delete(host);
    return 0;
  }

  hold(host: string, ms: number): void {
    this.#until.set(host, Math.max(this.#until.get(host) ?? 0, monotonic() + ms));
  }

  /** @throws HttpError where the host has asked to wait */
  demand(host: string): void {
    const left = this.left(host);
    if (left > 0) throw askedToWait(host, left);
  }
}

/** Those of this process: whoever asks a host goes by them. */
export const hostLimits = new HostLimits();

/** The host wants no request for so many milliseconds. */
export function askedToWait(host: string, ms: number): HttpError {
  const retryAt = new Date(machineTime().getTime() + ms);
  return new HttpError(`${host} has asked to wait for ${Math.ceil(ms / 1_000)} s`, { retry: true, retryAt });
}
