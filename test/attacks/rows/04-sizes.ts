import type { AttackRow } from '../row.ts';

export const row: AttackRow = {
  number: 4,
  kind: 'Sizes',
  attack:
    '`/cox logs` of a kept log of 1 GiB (1.5 MiB packed); a git server that answers 31 MiB of empty packets; five job templates: 50,000 keys, `quote` and `printf` of gigabytes, a million parts, 400,000 lists inside each other.',
  before:
    'The log was answered after 14.7 s with 108 MiB more. The git server cost 1,340 MiB. The 50,000 keys stood still for 77 s, `quote` for 49 s with 1,430 MiB, `printf` for 7 s with 483 MiB (the renderer alone); with the bot the five were not over after 5 minutes.',
  after:
    'The log is answered in 0.1 s with 13 MiB more. The git server costs nothing (236 MiB in all). Each template ends its run within 3 s of the commit, with at most 48 MiB more and a sentence that names the place and the limit.',
};
