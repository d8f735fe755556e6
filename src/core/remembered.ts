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
  /** When it was asked for. */
  readonly asked: number;
  readonly value: Promise<T>;
  /** When asking again has failed last. */
  readonly failed?: number;
}

/** Milliseconds after a failure within which nobody waits for another one. */
const patience = 30_000;

/**
 * Asks others and remembers what they have said, by key. Who asks while a question is under way shares its answer, unless it is too old for that.
 * The function that it gives rejects where a fresh answer is wanted and none can be had: what was so before proves nothing.
 * @param now milliseconds of a clock that nobody sets: an old answer must not become a young one
 */
export function remembering<T>(ask: (key: string) => Promise<T>, memory: Memory, now = () => performance.now()) {
  const known = new Map<string, Answer<T>>();
  const underWay = new Map<string, Answer<T>>();
  const keep = (key: string, answer: Answer<T>) => {
    known.delete(key);
    known.set(key, answer);
    const [oldest] = known.keys();
    if (known.size > memory.most && oldest !== undefined) known.delete(oldest);
  };
  const since = (time: number) => Math.abs(now() - time);
  const asked = (key: string, within = Number.POSITIVE_INFINITY): Promise<T> => {
    const open = underWay.get(key);
    if (open && since(open.asked) < within) return open.value;
    const answer: Answer<T> = { asked: now(), value: ask(key) };
    underWay.set(key, answer);
    const end = () => void (underWay.get(key) === answer && underWay.delete(key));
    const failed = () => {
      const last = known.get(key);
      if (last) known.set(key, { ...last, failed: now() });
    };
    // Slack may answer an older question later.
    const isNewest = () => (known.get(key)?.asked ?? Number.NEGATIVE_INFINITY) <= answer.asked;
    answer.value.then(() => void (isNewest() && keep(key, answer)), failed).finally(end);
    return answer.value;
  };
  return (key: string, age: Age): Promise<T> => {
    const last = known.get(key);
    if (age === 'fresh') return last && since(last.asked) < memory.fresh ? last.value : asked(key, memory.fresh);
    if (!last || since(last.asked) >= memory.atMost) return asked(key);
    if (since(last.asked) < memory.remembered || (last.failed !== undefined && since(last.failed) < patience)) return last.value;
    return asked(key).catch(() => last.value);
  };
}
