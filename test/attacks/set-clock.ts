import { readFileSync } from 'node:fs';

/**
 * Loaded before a program (`node --import`): its time of day is off by as many milliseconds as the file says that COX_CLOCK names, from the
 * moment at which somebody writes it. Timers and the monotonic clock go on as they are, as where a machine's clock is set.
 */
const file = process.env.COX_CLOCK ?? '';
const real = Date.now;
let by = 0;

function look(): void {
  try {
    by = Number(readFileSync(file, 'utf8')) || 0;
  } catch {
    by = 0;
  }
}

if (file !== '') {
  look();
  setInterval(look, 50).unref();
  const now = (): number => real() + by;
  globalThis.Date = new Proxy(Date, {
    construct: (target, args: unknown[], made) => Reflect.construct(target, args.length === 0 ? [now()] : args, made),
    apply: () => new Date(now()).toString(),
    get: (target, key, receiver) => (key === 'now' ? now : Reflect.get(target, key, receiver)),
  });
}
