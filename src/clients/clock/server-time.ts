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
    const told = Date.parse(date ?? '');
    if (Number.isNaN(told) || (this.#known && isNear(this.now().getTime(), told))) return;
    const own = machineTime().getTime();
    // If both agree, our own clock is used, because it has milliseconds.
    this.#known = { wall: isNear(own, told) ? own : told, steady: monotonic() };
    const seconds = Math.round(Math.abs(own - told) / 1_000);
    if (Math.abs(own - told) > worthSayingMs)
      this.#log.warn(`the clock of this machine is ${seconds} s ${own > told ? 'ahead of' : 'behind'} the cluster's; using the cluster's`);
  };
}

function isNear(time: number, told: number): boolean {
  return time >= told - imprecisionMs && time < told + 1_000 + imprecisionMs;
}
