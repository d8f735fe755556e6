import type { AttackRow } from '../row.ts';

export const row: AttackRow = {
  number: 3,
  kind: 'Work that anyone can start',
  attack:
    '`/cox version` is sent 120 times at once, by one person, and by thirty people four times each, in three spellings; meanwhile somebody else keeps sending `/cox status`. Then one person keeps asking.',
  before:
    'One person: 80 processes, 642 MB in total, 42 s until the last of 120 answers; `status` took up to 3.0 s. Thirty people: 70 processes, 484 MB, 41 s; `status` took 0.44 s in the median and up to 2.7 s.',
  after:
    'One person: 10 processes, 313 MB including the bot, 3 answers and 117 refusals that say when to try again, within 1.1 s; `status` takes 0.04 s in the median. Thirty people: 11 processes, 339 MB, 90 answers and 30 refusals (each person gets three at once) within 1.5 s; `status` takes up to 0.1 s in the median. Anyone who keeps asking is told in how many seconds to try again, while others are answered, polls continue, and `help`, `status`, `runs` and `whoami` are answered for everyone.',
};
