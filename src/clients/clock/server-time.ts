import { machineTime, monotonic } from '../../core/time/clock.ts';

/** What a header of whole seconds says may be so much older, with the way that it has come. */
const imprecisionMs = 2_000;
const worthSayingMs = 60_000;

/**
 * The time of day as the API server tells it in its answers. Pods, nodes and what the bot saves are compared by one clock, and setting that of
 * this machine changes nothing: between two answers a clock goes on that nobody sets. Until the first answer it is the clock of this machine.
 */
export class ServerTime {
  readonly #log: { warn(message: string): void };
  #known: { readonly wall: number; readonly steady: number } | undefined;

  constructor(log: { warn(message: string): void }) {
    this.#log = log;
  }

  readonly now = (): Date => new Date(this.#known ? this.#known.wall + monotonic() - this.#known.steady : machineTime().getTime());

  /** @param date the header `Date` of an answer; what is no date is left out */
  readonly observe = (date: string | null): void => {
    const told = Date.parse(date ?? '');
    if (Number.isNaN(told) || (this.#known && isNear(this.now().getTime(), told))) return;
    const own = machineTime().getTime();
    // Where both agree, the own one says the milliseconds.
    this.#known = { wall: isNear(own, told) ? own : told, steady: monotonic() };
    const seconds = Math.round(Math.abs(own - told) / 1_000);
    if (Math.abs(own - told) > worthSayingMs)
      this.#log.warn(`the clock of this machine is ${seconds} s ${own > told ? 'ahead of' : 'behind'} the cluster's; using the cluster's`);
  };
}

function isNear(time: number, told: number): boolean {
  return time >= told - imprecisionMs && time < told + 1_000 + imprecisionMs;
}
