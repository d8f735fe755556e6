import { SlackError } from './errors.ts';

/** A response_url may be used five times within thirty minutes. */
const responseUses = 5;
const responseLifeMs = 30 * 60_000;

/** What a response_url answers to: the place, the person, and the message that a button stood on. */
export interface ResponseTarget {
  readonly channel: string;
  readonly user: string;
  readonly messageTs?: string;
  readonly ephemeralId?: string;
  readonly threadTs?: string;
}

/** Trigger ids and response urls: both are handed out with a payload, and both wear out. */
export class Triggers {
  readonly #triggers = new Map<string, { user: string; at: number; used: boolean }>();
  readonly #responses = new Map<string, { target: ResponseTarget; at: number; uses: number }>();
  readonly #triggerLifeMs: number;
  #count = 0;

  constructor(triggerLifeMs: number) {
    this.#triggerLifeMs = triggerLifeMs;
  }

  newTrigger(user: string): string {
    this.#count += 1;
    const id = `${Date.now()}.${this.#count}.trigger`;
    this.#triggers.set(id, { user, at: performance.now(), used: false });
    return id;
  }

  /** The person who pressed; throws as `views.open` answers where the trigger is unknown, used or too old. */
  spendTrigger(id: string | undefined): string {
    const trigger = id ? this.#triggers.get(id) : undefined;
    if (!trigger) throw new SlackError('invalid_trigger_id');
    if (trigger.used) throw new SlackError('exchanged_trigger_id');
    if (performance.now() - trigger.at > this.#triggerLifeMs) throw new SlackError('expired_trigger_id');
    trigger.used = true;
    return trigger.user;
  }

  /** The path of a new response url. */
  newResponse(target: ResponseTarget): string {
    this.#count += 1;
    const key = `${this.#count}-${Math.random().toString(36).slice(2, 12)}`;
    this.#responses.set(key, { target, at: performance.now(), uses: 0 });
    return `/response/${key}`;
  }

  spendResponse(key: string): ResponseTarget {
    const response = this.#responses.get(key);
    if (!response || performance.now() - response.at > responseLifeMs) throw new SlackError('expired_url');
    response.uses += 1;
    if (response.uses > responseUses) throw new SlackError('used_url');
    return response.target;
  }
}
