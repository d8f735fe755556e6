import type { AttackRow } from '../row.ts';

export const row: AttackRow = {
  number: 15,
  kind: 'Text from strangers in fields with a narrower alphabet',
  attack:
    'A Dockerfile fails in `RUN echo "🐛 ate the 🚢 👩‍👩‍👧‍👦"`; GitHub refuses every commit status with 422, over kill -9; Slack refuses a message with `invalid_blocks`, and then a channel for good with `is_archived`.',
  before:
    'GitHub refused the description (422), and it was sent again and again, for ever: the commit stayed . A refused status was asked for 12 times in half a minute, and again after the kill. The message that Slack refused was tried again with pauses of at most 5 minutes, for ever.',
  after:
    'The status is `failure` within a second of the end of the run, with U+FFFD in place of each emoji. Refused with 422, it is asked for twice in all (once in each state), said once in the message of the run, and not again after the kill. The refused message is posted with its text alone; an archived channel is asked once in each state of the run, `/cox status` says so, and it gets the message when it takes another one.',
};
