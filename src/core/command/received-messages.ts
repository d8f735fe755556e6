import { machineTime } from '../time/clock.ts';

/**
 * How a request was received: for the first time; `again`: a redelivery, because Slack got no acknowledgement; `changed`: the same message
 * in another event, because it was edited; `interrupted`: received before, but the bot was stopped before handling it completely.
 */
export type DeliveryStatus = 'new' | 'again' | 'changed' | 'interrupted';

/** A request that was received. */
export interface ReceivedMessage {
  /** The same for every delivery of one request: channel and ts of a message, the trigger id of a button press. */
  readonly key: string;
  /** Id of the event that delivered it. */
  readonly event: string;
  /** When, in ms. */
  readonly at: number;
  /** It was answered, whatever the answer was. */
  readonly done: boolean;
}

/** Remembers received requests, so that none is executed twice. */
export interface ReceivedMessages {
  /** Resolves when it is recorded durably. */
  receive(key: string, event: string): Promise<DeliveryStatus>;
  /** It was answered. */
  done(key: string): void;
}

/** Slack redelivers an event for a few minutes. */
const rememberedMs = 60 * 60_000;
const most = 20_000;

/** Requests received within the last hour, in memory. */
export class ReceivedMessageLog implements ReceivedMessages {
  /** Oldest first. */
  readonly #words = new Map<string, ReceivedMessage>();
  /** Requests that a stopped bot left unfinished; each is reported once. */
  readonly #interrupted: Set<string>;
  readonly #now: () => number;

  constructor(before: readonly ReceivedMessage[] = [], now: () => number = () => machineTime().getTime()) {
    this.#now = now;
    for (const word of before) this.#words.set(word.key, word);
    this.#interrupted = new Set(before.filter(({ done }) => !done).map(({ key }) => key));
    this.#forgetOld();
  }

  async receive(key: string, event: string): Promise<DeliveryStatus> {
    const known = this.#words.get(key);
    if (known?.event !== undefined && known.event !== event) return 'changed';
    if (this.#interrupted.delete(key)) return 'interrupted';
    if (known) return 'again';
    this.#words.set(key, { key, event, at: this.#now(), done: false });
    this.#forgetOld();
    return 'new';
  }

  done(key: string): void {
    const word = this.#words.get(key);
    if (word) this.#words.set(key, { ...word, done: true });
  }

  find(key: string): ReceivedMessage | undefined {
    return this.#words.get(key);
  }

  all(): ReceivedMessage[] {
    return [...this.#words.values()];
  }

  #forgetOld(): void {
    for (const { key, at } of this.#words.values()) {
      if (this.#words.size <= most && this.#now() - at < rememberedMs) return;
      this.#words.delete(key);
      this.#interrupted.delete(key);
    }
  }
}
