import type { AttackRow } from '../row.ts';

export const row: AttackRow = {
  number: 15,
  kind: 'Text from strangers in fields with a narrower alphabet',
  attack:
    'A Dockerfile fails in `RUN echo "🐛 ate the 🚢 👩‍👩‍👧‍👦"`; GitHub refuses every commit status with 422, over kill -9; Slack refuses a message with `invalid_blocks`, and then a channel for good with `is_archived`.',
  before:
    'GitHub answered "description doesn\'t accept 4-byte Unicode" (422); after 20 s the commit was still pending, the same description was sent again after 5, 10, 20 s … and so for ever, and the run said nothing of it. Nor did it of any other status that was refused. What Slack refused was tried again for ever, and neither the run nor `/cox status` told of it.',
  after:
    'The status is `failure` within a second of the end of the run, with U+FFFD in place of each emoji. Refused with 422, it is asked for twice in all (once in each state), said once in the message of the run, and not again after the kill. The refused message is posted with its text alone; an archived channel is asked once in each state of the run, `/cox status` says so, and it gets the message when it takes another one.',
};
