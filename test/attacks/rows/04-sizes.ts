import type { AttackRow } from '../row.ts';

export const row: AttackRow = {
  number: 4,
  kind: 'Sizes',
  attack:
    '`/cox logs` of a saved log of 1 GiB (1.5 MiB compressed); a git server that answers with 31 MiB of empty packets; five job templates: 50,000 keys, `quote` and `printf` of gigabytes, a million parts, 400,000 nested lists.',
  before:
    'The log took 14.7 s and 108 MiB. The git server cost 1,340 MiB. The 50,000 keys blocked everything for 77 s, `quote` for 49 s with 1,430 MiB, `printf` for 7 s with 483 MiB (the renderer alone); with the bot, the five were not finished after 5 minutes.',
  after:
    'The log takes 0.1 s and 13 MiB. The git server costs nothing (236 MiB in total). Each template ends its run within 3 s of the commit, with at most 48 MiB more and a sentence that names the place and the limit.',
};
