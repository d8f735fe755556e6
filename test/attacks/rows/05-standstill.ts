import type { AttackRow } from '../row.ts';

export const row: AttackRow = {
  number: 5,
  kind: 'A blocked event loop',
  attack:
    'From outside, through the inspector, a function is replaced by one that never returns, and `@coxswain whoami` is sent; the main thread hangs in a system call; the process is stopped for 40 s (SIGSTOP); the API server goes away.',
  before:
    'No probe, no watchdog: after 120 s the process was still hanging, had said nothing, and answered nobody. Nothing would have restarted it.',
  after:
    '`/healthz` keeps answering from its own thread (200, then 503), and after 32 s the process exits by itself: its log has `In progress: answer to U0123ADA: whoami, since …` and the stack down to the line of `core/command/dispatch.ts`. It also exits when a system call hangs, without a stack. A stopped process continues after 40 s. `/readyz` says `[-] cluster: …` within 12 s and recovers with the API server.',
};
