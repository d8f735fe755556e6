import type { AttackRow } from '../row.ts';

export const row: AttackRow = {
  number: 1,
  kind: 'Texts that an expression takes long for',
  attack:
    '16 hostile texts of 4,000 to 36,000 characters are said as `/cox …`, as a mention and in the thread of a run, while somebody else says `/cox status`. A build and its test print 33 lines of 64 KiB, each made for something that looks at all lines, and a directive has 60,000 blanks; the bot is killed and started again, and reads them once more.',
  before:
    'With the first 11 of the texts and 24 of the lines, printed by the test alone: others waited up to 3.0 s, and the event loop stood still for 34 s (a quoted word of zeros). From the first of the lines on it stood still, too: 60 s later no line was read, and the connection to Slack was lost.',
  after:
    'On two processors that others kept busy: whoever else asks waits at most 75 ms (55 ms before the attack), the longest stall is 26 ms. What is longer than 4,000 characters is refused with that limit, to the person alone. With the lines, `/cox status` takes 54 ms, after the restart 60 ms; the longest stalls are 102 and 88 ms. The slowest line takes 12 ms of the processor there, 4,000 characters 2 to 8 ms.',
};
