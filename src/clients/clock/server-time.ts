import { machineTime, monotonic } from '../../core/time/clock.ts';

/** Tolerance for a header in whole seconds, including network latency. */
const imprecisionMs = 2_000;
const worthSayingMs = 60_000;

/**
 * The current time according to the API server's responses. Pods, nodes and what the bot saves thus share one clock, and changing that of
 * this machine has no effect: between responses, time advances by a monotonic clock. Until the first response it is this machine's clock.
 */
export class ServerTime {
  readonly #log: { warn(message: string): void };
  #known: { readonly wall: number; readonly steady: number } | undefined;

  constructor(log: { warn(message: string): void }) {
    this.#log = log;
  }

  readonly now = (): Date => new Date(this.#known ? this.#known.wall + monotonic() - this.#known.steady : machineTime().getTime());

  /** @param date the `Date` header of a response; an invalid date is ignored */
  readonly observe = (date: string | null): void => {
    const serverTime = Date.parse(date ?? '');
    if (Number.isNaN(serverTime) || (this.#known && isNear(this.now().getTime(), serverTime))) return;
    const own = machineTime().getTime();
    // If both agree, our own clock is used, because it has milliseconds.
    this.#known = { wall: isNear(own, serverTime) ? own : serverTime, steady: monotonic() };
    const seconds = Math.round(Math.abs(own - serverTime) / 1_000);
    if (Math.abs(own - serverTime) > worthSayingMs)
      this.#log.warn(
        `the clock of this machine is ${seconds} s ${own > serverTime ? 'ahead of' : 'behind'} the cluster's; using the cluster's`,
      );
  };
}

function isNear(time: number, serverTime: number): boolean {
  return time >= serverTime - imprecisionMs && time < serverTime + 1_000 + imprecisionMs;
}
