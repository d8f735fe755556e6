/** How often a method may be called: `perMinute` on average, `burst` at once. */
interface Rate {
  readonly perMinute: number;
  readonly burst: number;
}

/** Slack's tiers. Slack names the averages (1, 20, 50, 100 a minute) and says that short bursts pass; the bursts are this stand-in's. */
const tiers = {
  T1: { perMinute: 1, burst: 2 },
  T2: { perMinute: 20, burst: 10 },
  T3: { perMinute: 50, burst: 10 },
  T4: { perMinute: 100, burst: 20 },
  special: { perMinute: 600, burst: 100 },
  perChannel: { perMinute: 60, burst: 3 },
} as const satisfies Record<string, Rate>;

export type Tier = keyof typeof tiers;

/** What a test may change: `factor` multiplies every rate and burst, `off` lets everything pass. */
export interface LimitOptions {
  readonly factor?: number;
  readonly off?: boolean;
}

/** Token buckets by key (method, or method and channel). */
export class Limits {
  readonly #buckets = new Map<string, { tokens: number; at: number }>();
  readonly #factor: number;
  readonly #off: boolean;

  constructor(options: LimitOptions = {}) {
    this.#factor = options.factor ?? 1;
    this.#off = options.off ?? false;
  }

  /** Takes one call; gives 0 where it may pass, else the whole seconds to wait as Retry-After says them. */
  take(key: string, tier: Tier, now: number = performance.now()): number {
    if (this.#off) return 0;
    const burst = tiers[tier].burst * this.#factor;
    const perMilli = (tiers[tier].perMinute * this.#factor) / 60_000;
    const bucket = this.#buckets.get(key) ?? { tokens: burst, at: now };
    const tokens = Math.min(burst, bucket.tokens + (now - bucket.at) * perMilli);
    const passes = tokens >= 1;
    this.#buckets.set(key, { tokens: passes ? tokens - 1 : tokens, at: now });
    return passes ? 0 : Math.max(1, Math.ceil((1 - tokens) / perMilli / 1000));
  }
}
