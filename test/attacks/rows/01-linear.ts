import type { AttackRow } from '../row.ts';

export const row: AttackRow = {
  number: 1,
  kind: 'Texts that an expression takes long for',
  attack:
    '16 hostile texts of 4,000 to 36,000 characters are said as `/cox …`, as a mention and in the thread of a run, while somebody else says `/cox status`. A build and its test print 30 lines of 64 KiB, each made for one expression that meets it, and a directive with 60,000 blanks; the bot is killed and started again, and reads them once more.',
  before:
    'Said: others waited up to 3.0 s, and the event loop stood still for 34 s (a quoted word of zeros). Printed: the event loop stood still from the first of the lines on; 60 s later no line was read, Slack had missed its pong and the connection was lost.',
  after:
    'Said: others wait at most 0.3 to 0.5 s on two busy processors, which is as long as before the attack; the longest stall is 84 to 250 ms. What is longer than 4,000 characters is refused with that limit, to the person alone. Printed: `/cox status` takes 0.1 to 0.4 s, after the restart 0.1 to 0.3 s; the longest stalls are 80 to 490 ms. A line takes at most 15 ms of the processor, 4,000 characters at most 8 ms.',
};
