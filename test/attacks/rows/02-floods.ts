import type { AttackRow } from '../row.ts';

export const row: AttackRow = {
  number: 2,
  kind: 'Work that grows with the square of the runs',
  attack:
    'Ten thousand new branches in one push, with a kill in the middle; a start with ten thousand queued runs, each of a branch of its own, while people send commands; `/cox cancel --all scheduler`.',
  before:
    'Each branch started a run, one a second, and 30 s after its next start the bot was not yet watching: it had started 42 runs and was still going. With 10,000 queued runs it had not answered once 120 s after its start: its event loop was blocked. Runs could only be cancelled one by one.',
  after:
    'Twenty runs start; the channel is told once, even across the kill, that 9,980 branches have none, and how to start one. With 10,000 queued runs the bot is watching after 12 s on a busy machine with two cores, and 1,152 answers took 8 ms in the median and 200 ms at most. One command cancels all 10,000 within 72 s; answers meanwhile take 15 ms in the median and 206 ms at most; the audit has one entry with the number.',
};
