/** When a connection is cut: before anything is done, in the middle of the request's body, or after all is done and before the answer. */
export type Cut = 'before' | 'middle' | 'after';

/**
 * How the answer to a request that was carried out is lost: a gateway answers 502 with a page, the body is empty, it ends in the middle and
 * looks whole, the connection breaks in the middle of it, it is a page with the status of success, or other JSON.
 */
export type Loss = 'gateway' | 'empty' | 'short' | 'broken' | 'page' | 'other';

export interface FaultyAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Fault =
  | { readonly kind: 'answer'; readonly answer: FaultyAnswer }
  | { readonly kind: 'cut'; readonly when: Cut }
  | { readonly kind: 'lost'; readonly how: Loss }
  | { readonly kind: 'hold'; readonly arrived: () => void; readonly released: Promise<void> }
  | { readonly kind: 'tell'; readonly answered: () => void };

/** One request as it came: `POST /repos/ada/scheduler/releases`, without host, `/api/v3` and query. */
export type Route = string | RegExp | ((request: string) => boolean);

function fits(route: Route, request: string): boolean {
  if (typeof route === 'string') return route === request;
  return typeof route === 'function' ? route(request) : route.test(request);
}

/** Faults that a test orders. Each is used up by one request that its route fits, in the order in which they were ordered. */
export class Faults {
  #ordered: { readonly route: Route; readonly fault: Fault }[] = [];
  #end: { left: number; readonly when: Cut } | undefined;
  /** What an asset is called, given its usual name. */
  assetName: (name: string) => string = (name) => name;

  /** Answers so, and does nothing. */
  failNext(route: Route, answer: FaultyAnswer, times = 1): void {
    for (let i = 0; i < times; i++) this.#ordered.push({ route, fault: { kind: 'answer', answer } });
  }

  /** The primary rate limit, which is free again in `seconds`. */
  rateLimitNext(route: Route, seconds: number, times = 1): void {
    const reset = String(Math.floor(Date.now() / 1_000) + seconds);
    const headers = { 'x-ratelimit-limit': '5000', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset };
    this.failNext(route, { status: 403, body: { message: 'API rate limit exceeded for installation ID 1.' }, headers }, times);
  }

  /** The secondary rate limit, which comes for too much at once. */
  secondaryLimitNext(route: Route, seconds: number, times = 1): void {
    const message = 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.';
    this.failNext(route, { status: 403, body: { message }, headers: { 'retry-after': String(seconds) } }, times);
  }

  cutNext(route: Route, when: Cut, times = 1): void {
    for (let i = 0; i < times; i++) this.#ordered.push({ route, fault: { kind: 'cut', when } });
  }

  /** Carries the request out, and loses its answer. */
  loseNext(route: Route, how: Loss, times = 1): void {
    for (let i = 0; i < times; i++) this.#ordered.push({ route, fault: { kind: 'lost', how } });
  }

  /** The names that assets get instead of those that GitHub's documentation lets expect. */
  nameAssets(naming: (name: string) => string): void {
    this.assetName = naming;
  }

  /** Resolves once such a request was carried out; its answer waits until the given function is called. */
  holdNext(route: Route): Promise<() => void> {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<() => void>();
    this.#ordered.push({ route, fault: { kind: 'hold', arrived: () => arrive(release), released } });
    return arrived;
  }

  /** Resolves in the moment in which such a request has been answered, as usual. */
  answeredNext(route: Route): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#ordered.push({ route, fault: { kind: 'tell', answered: resolve } });
    return promise;
  }

  /** Cuts the request after `count` more ones in this way, and every later one before anything is done, until `clear`. */
  endAfter(count: number, when: Cut): void {
    this.#end = { left: count, when };
  }

  /** Forgets every fault that was ordered and not used. */
  clear(): void {
    this.#ordered = [];
    this.#end = undefined;
    this.assetName = (name) => name;
  }

  /** The fault of a request that has come. */
  take(request: string): Fault | undefined {
    if (this.#end) {
      const left = this.#end.left--;
      if (left === 0) return { kind: 'cut', when: this.#end.when };
      if (left < 0) return { kind: 'cut', when: 'before' };
    }
    const at = this.#ordered.findIndex(({ route }) => fits(route, request));
    return at < 0 ? undefined : this.#ordered.splice(at, 1)[0]?.fault;
  }
}
