import { machineTime, monotonic } from '../../core/time/clock.ts';

const lookEveryMs = 1_000;
const jumpMs = 1_000;

/**
 * Checks once a second whether the clock was changed by more than a second, and reports by how many milliseconds (negative: back).
 * @returns a function that stops watching
 */
export function watchClock(onSet: (ms: number) => void): () => void {
  const read = () => ({ wall: machineTime().getTime(), steady: monotonic() });
  let seen = read();
  const timer = setInterval(() => {
    const now = read();
    const jump = now.wall - seen.wall - (now.steady - seen.steady);
    seen = now;
    if (Math.abs(jump) > jumpMs) onSet(jump);
  }, lookEveryMs);
  return () => clearInterval(timer);
}
