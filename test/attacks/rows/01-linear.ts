import type { AttackRow } from '../row.ts';

export const row: AttackRow = {
  number: 1,
  kind: 'Texts that a regular expression is slow on',
  attack:
    '16 hostile texts of 4,000 to 36,000 characters are sent as `/cox …`, as a mention and in the thread of a run, while somebody else sends `/cox status`. A build and its test print 33 lines of 64 KiB, each written for something that looks at every line, and a directive has 60,000 blanks; the bot is killed and restarted, and reads them again.',
  before:
    'With the first 11 of the texts and 24 of the lines, printed by the test alone: others waited up to 3.0 s, and the event loop was blocked for 34 s (a quoted word of zeros). The first of the lines blocked it too: 60 s later no line had been read, and the connection to Slack was lost.',
  after:
    'On two processors kept busy by others: anyone else waits at most 75 ms (55 ms before the attack), and the longest stall is 26 ms. A text of more than 4,000 characters is refused with that limit, visible to its sender only. With the lines, `/cox status` takes 54 ms, and 60 ms after the restart; the longest stalls are 102 and 88 ms. The slowest line takes 12 ms of processor time there, 4,000 characters 2 to 8 ms.',
};
