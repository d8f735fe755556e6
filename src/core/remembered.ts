/** How old an answer may be: as it is now, or as it was some minutes ago. */
export type Age = 'fresh' | 'remembered';

export interface Memory {
  /** Milliseconds within which one answer serves all who want a fresh one: people who press at once cost one question. */
  readonly fresh: number;
  /** Milliseconds within which an answer is used again where a remembered one will do. */
  readonly remembered: number;
  /** … and within which it is still used where no new one can be had. */
  readonly atMost: number;
  /** So many answers are kept; the oldest is forgotten first. */
  readonly most: number;
}

interface Answer<T> {
  readonly asked: number;
  readonly value: Promise<T>;
  /** When asking again has failed last. */
  readonly failed?: number;
}

/** Milliseconds after a failure within which nobody waits for another one. */
const patience = 30_000;

/**
 * Asks others and remembers what they have said, by key. Who asks while a question is under way shares its answer.
 * The function that it gives rejects where a fresh answer is wanted and none can be had: what was so before proves nothing.
 */
export function remembering<T>(ask: (key: string) => Promise<T>, memory: Memory, now: () => number = Date.now) {
  const known = new Map<string, Answer<T>>();
  const underWay = new Map<string, Promise<T>>();
  const keep = (key: string, answer: Answer<T>) => {
    known.delete(key);
    known.set(key, answer);
    const [oldest] = known.keys();
    if (known.size > memory.most && oldest !== undefined) known.delete(oldest);
  };
  const asked = (key: string): Promise<T> => {
    const open = underWay.get(key);
    if (open) return open;
    const at = now();
    const value = ask(key).finally(() => underWay.delete(key));
    underWay.set(key, value);
    const failed = () => {
      const last = known.get(key);
      if (last) known.set(key, { ...last, failed: now() });
    };
    value.then(() => keep(key, { asked: at, value }), failed);
    return value;
  };
  // A clock that was set back makes no answer young.
  const since = (time: number) => Math.abs(now() - time);
  return (key: string, age: Age): Promise<T> => {
    const last = known.get(key);
    if (!last || since(last.asked) >= memory.atMost) return asked(key);
    if (age === 'fresh') return since(last.asked) < memory.fresh ? last.value : asked(key);
    if (since(last.asked) < memory.remembered || (last.failed !== undefined && since(last.failed) < patience)) return last.value;
    return asked(key).catch(() => last.value);
  };
}
