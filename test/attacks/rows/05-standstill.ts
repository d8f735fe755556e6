import type { AttackRow } from '../row.ts';

export const row: AttackRow = {
  number: 5,
  kind: 'An event loop that stands still',
  attack:
    'From outside, over the inspector, a function is put in place that never comes back, and `@coxswain whoami` is said; the main thread waits in a call of the system; the process is stopped for 40 s (SIGSTOP); the API server goes away.',
  before:
    'No probe, no watchdog: after 120 s the process stood there still, had said nothing, and answered nobody. Nothing would have started it anew.',
  after:
    '`/healthz` goes on answering from its own thread (200, then 503), and after 32 s the process ends by itself: its log has `answer to U0123ADA: whoami, since …` and the stack down to the line of `core/dispatch.ts`. A call of the system ends so too, without a stack. A stopped process goes on after 40 s. `/readyz` says `[-] cluster: …` within 12 s and is well again with the API server.',
};
