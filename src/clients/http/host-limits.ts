import { machineTime, monotonic } from '../../core/time/clock.ts';
import { HttpError } from './http-error.ts';

const mostMs = 3_600_000;
const minuteMs = 60_000;
/** A timer may fire slightly early. */
const leniencyMs = 100;

/** The raw response headers that say how long to wait. */
export interface WaitHeaders {
  readonly retryAfter?: string | undefined;
  /** GitHub's `x-ratelimit-reset`, if nothing remains: Unix seconds. */
  readonly reset?: string | undefined;
  /** The server's time: timestamps are compared to it, not to our own clock. */
  readonly date?: string | undefined;
}

/**
 * Milliseconds that a response asks to wait, at most an hour; undefined if it does not.
 * Retry-After is a number of seconds or a date: https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 */
export function waitIn({ retryAfter = '', reset = '', date = '' }: WaitHeaders): number | undefined {
  const [, seconds] = /^ *(\d{1,9}) *(?:,|$)/.exec(retryAfter) ?? [];
  if (seconds !== undefined) return Math.min(mostMs, Number(seconds) * 1_000);
  // A date begins with the day of the week; JavaScript parses other text as dates, too.
  const until = /^\d{1,12}$/.test(reset) ? Number(reset) * 1_000 : Date.parse(/^ *[A-Z][a-z]+,? /.test(retryAfter) ? retryAfter : '');
  if (Number.isNaN(until)) return undefined;
  return Math.min(mostMs, Math.max(0, until - (Date.parse(date) || machineTime().getTime())));
}

/** Which hosts have asked to wait, and for how long: the wait applies to all requests. Uses a monotonic clock. */
export class HostLimits {
  readonly #until = new Map<string, number>();
  readonly #refusals = new Map<string, number>();

  /** Milliseconds until the host may be called again; 0 if now. */
  left(host: string): number {
    const left = (this.#until.get(host) ?? 0) - monotonic();
    if (left > leniencyMs) return left;
    this.#until.delete(host);
    return 0;
  }

  /**
   * A request was refused by a limit that does not say how long it lasts, as GitHub's secondary limits.
   * @param kind what the limit is for
   * @returns milliseconds until the host may be called again: a minute, and twice as long after each further refusal in a row
   */
  refused(host: string, kind: string): number {
    // Requests that were sent together are refused together.
    const left = this.left(host);
    if (left > 0) return left;
    const before = this.#refusals.get(`${host} ${kind}`) ?? 0;
    this.#refusals.set(`${host} ${kind}`, before + 1);
    const wait = Math.min(mostMs, minuteMs * 2 ** before);
    this.hold(host, wait);
    return wait;
  }

  /** A request of that kind was accepted. */
  accepted(host: string, kind: string): void {
    this.#refusals.delete(`${host} ${kind}`);
  }

  hold(host: string, ms: number): void {
    this.#until.set(host, Math.max(this.#until.get(host) ?? 0, monotonic() + ms));
  }

  /** @throws HttpError if the host has asked to wait */
  demand(host: string): void {
    const left = this.left(host);
    if (left > 0) throw askedToWait(host, left);
  }
}

/** The limits of this process, shared by everything that calls a host. */
export const hostLimits = new HostLimits();

/** The error for a host that wants no requests for the given number of milliseconds. */
export function askedToWait(host: string, ms: number): HttpError {
  const retryAt = new Date(machineTime().getTime() + ms);
  return new HttpError(`${host} has asked to wait for ${Math.ceil(ms / 1_000)} s`, { retry: true, retryAt });
}
