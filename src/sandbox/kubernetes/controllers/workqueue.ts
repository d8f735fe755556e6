/** A controller's queue: a key waits once however often it is added, one is worked on at a time, a failed one comes again. */

export interface WorkQueue {
  add(key: string): void;
  /** Adds `key` in `milliseconds`; the earliest of several waits for the same key counts. */
  addAfter(key: string, milliseconds: number): void;
  close(): void;
}

const longestTimer = 2 ** 31 - 1;
const retryAfter = 500;

export function workQueue(work: (key: string) => void | Promise<void>, log: (line: string) => void): WorkQueue {
  const waiting = new Set<string>();
  const timers = new Map<string, { due: number; timer: NodeJS.Timeout }>();
  let busy = false;
  let closed = false;

  const drain = async (): Promise<void> => {
    for (const key of waiting) {
      if (closed) break;
      waiting.delete(key);
      try {
        await work(key);
      } catch (error) {
        log(`controller: ${key}: ${error instanceof Error ? (error.stack ?? error.message) : error}`);
        addAfter(key, retryAfter);
      }
    }
    busy = false;
  };

  const add = (key: string): void => {
    if (closed) return;
    waiting.add(key);
    if (busy) return;
    busy = true;
    // Later, never now: the change that adds a key must be told to everyone before a controller answers it.
    queueMicrotask(() => void drain());
  };

  const addAfter = (key: string, milliseconds: number): void => {
    const due = Date.now() + milliseconds;
    const known = timers.get(key);
    if (closed || (known && known.due <= due)) return;
    clearTimeout(known?.timer);
    const fire = (): void => {
      timers.delete(key);
      add(key);
    };
    timers.set(key, { due, timer: setTimeout(fire, Math.min(Math.max(milliseconds, 0), longestTimer)) });
  };

  const close = (): void => {
    closed = true;
    for (const { timer } of timers.values()) clearTimeout(timer);
    timers.clear();
    waiting.clear();
  };

  return { add, addAfter, close };
}
