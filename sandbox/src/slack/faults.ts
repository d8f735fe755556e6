/** What can go wrong on purpose with the next calls of a method. */
type Fault =
  | { readonly kind: 'accept-and-cut' }
  | { readonly kind: 'cut' }
  | { readonly kind: 'rate-limit'; readonly seconds: number }
  | { readonly kind: 'fail'; readonly error: string }
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'hold'; readonly arrived: () => void; readonly released: Promise<void> };

/** Faults that a test orders; each is used up by one call, in the order in which they were ordered. */
export class Faults {
  readonly #next = new Map<string, Fault[]>();

  /** The call is carried out, then the connection is cut without an answer. */
  acceptAndCut(method: string, times = 1): void {
    this.#order(method, { kind: 'accept-and-cut' }, times);
  }

  /** The connection is cut and nothing is carried out. */
  cutNext(method: string, times = 1): void {
    this.#order(method, { kind: 'cut' }, times);
  }

  /** Answers 429 with this Retry-After, whatever the real limits say. */
  rateLimitNext(method: string, seconds: number, times = 1): void {
    this.#order(method, { kind: 'rate-limit', seconds }, times);
  }

  /** Answers `{ ok: false, error }`. */
  failNext(method: string, error: string, times = 1): void {
    this.#order(method, { kind: 'fail', error }, times);
  }

  /** Answers with a bare HTTP status, as Slack does in an outage. */
  statusNext(method: string, status: number, times = 1): void {
    this.#order(method, { kind: 'status', status }, times);
  }

  /** Carries the call out at once and answers `ms` milliseconds later. */
  delayNext(method: string, ms: number, times = 1): void {
    this.#order(method, { kind: 'delay', ms }, times);
  }

  /** Resolves once the next call was carried out; its answer waits until the given function is called. */
  holdNext(method: string): Promise<() => void> {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<() => void>();
    this.#order(method, { kind: 'hold', arrived: () => arrive(release), released }, 1);
    return arrived;
  }

  /** Forgets every fault that was ordered and not used. */
  clear(): void {
    this.#next.clear();
  }

  take(method: string): Fault | undefined {
    return this.#next.get(method)?.shift();
  }

  #order(method: string, fault: Fault, times: number): void {
    const list = this.#next.get(method) ?? [];
    for (let i = 0; i < times; i += 1) list.push(fault);
    this.#next.set(method, list);
  }
}
