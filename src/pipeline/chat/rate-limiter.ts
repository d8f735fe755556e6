/** Slack's rate limits: one post a second per channel, 50 updates a minute in the whole workspace; a little less is used. */
const postEveryMs = 1_050;
const updatesPerMs = 48 / 60_000;
const updateBurst = 8;
/** How many updates progress leaves for more urgent ones. */
const reserve = 3;

export type Method = 'post' | 'update';

/** When the next call of a method is within Slack's rate limit. Times are milliseconds of one clock. */
export class RateLimiter {
  readonly #nextPost = new Map<string, number>();
  readonly #heldUntil: Record<Method, number> = { post: 0, update: 0 };
  #tokens = updateBurst;
  #filledAt: number;

  constructor(now: number) {
    this.#filledAt = now;
  }

  /** Milliseconds to wait before such a call; 0: now. `urgent` may use what progress must leave. */
  wait(method: Method, channel: string, urgent: boolean, now: number): number {
    const held = this.#heldUntil[method] - now;
    if (method === 'post') return Math.max(0, held, (this.#nextPost.get(channel) ?? 0) - now);
    this.#fill(now);
    const lacks = 1 + (urgent ? 0 : reserve) - this.#tokens;
    return Math.max(0, held, Math.ceil(lacks / updatesPerMs));
  }

  took(method: Method, channel: string, now: number): void {
    if (method === 'post') this.#nextPost.set(channel, now + postEveryMs);
    else {
      this.#fill(now);
      this.#tokens -= 1;
    }
  }

  /** Slack answered with `Retry-After`. */
  hold(method: Method, ms: number, now: number): void {
    this.#heldUntil[method] = Math.max(this.#heldUntil[method], now + ms);
  }

  #fill(now: number): void {
    this.#tokens = Math.min(updateBurst, this.#tokens + (now - this.#filledAt) * updatesPerMs);
    this.#filledAt = now;
  }
}
