import type { AttackRow } from '../row.ts';

export const row: AttackRow = {
  number: 2,
  kind: 'Work that grows with the square of the runs',
  attack:
    'Ten thousand new branches in one push, and a kill in the middle; a start with ten thousand runs that wait, each of a branch of its own, while people ask; `/cox cancel --all scheduler`.',
  before:
    'Each branch began a run, one a second, and the bot was not on watch 30 s after its next start, when it had begun 42 and went on. With 10,000 runs that wait it had said not one word 120 s after its start: its event loop stood still. Many could be cancelled only one by one.',
  after:
    'Twenty runs begin; the channel is told once, over the kill too, that 9,980 branches have none, and how one is started. With 10,000 runs that wait the bot is on watch after 12 s on a busy machine of two cores, and 1,152 answers came within 8 ms in the middle and 200 ms at most. All 10,000 are cancelled after 72 s by one word, answers meanwhile within 15 ms in the middle and 206 ms at most; the audit has one entry with the count.',
};
