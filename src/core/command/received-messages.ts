import { machineTime } from '../time/clock.ts';

/**
 * How something that was said is heard: for the first time; `again`, as Slack repeats what it has no receipt for; `changed`, where the same
 * message comes as another event, since it was edited; `interrupted`: it was heard once, and the bot was stopped before it had done it.
 */
export type DeliveryStatus = 'new' | 'again' | 'changed' | 'interrupted';

/** Something that was heard. */
export interface ReceivedMessage {
  /** The same for everything that is one saying: channel and ts of a message, the trigger of a press. */
  readonly key: string;
  /** Of the event that brought it. */
  readonly event: string;
  /** When, in ms. */
  readonly at: number;
  /** It was answered, whatever the answer was. */
  readonly done: boolean;
}

/** Remembers what was heard, so that nothing that is said once is done twice. */
export interface ReceivedMessages {
  /** Resolves when it is remembered for good. */
  receive(key: string, event: string): Promise<DeliveryStatus>;
  /** It was answered. */
  done(key: string): void;
}

/** Slack repeats an event for some minutes. */
const rememberedMs = 60 * 60_000;
const most = 20_000;

/** What was heard within the last hour, in memory. */
export class ReceivedMessageLog implements ReceivedMessages {
  /** The oldest first. */
  readonly #words = new Map<string, ReceivedMessage>();
  /** What a bot that was stopped has left undone; each is said once. */
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
