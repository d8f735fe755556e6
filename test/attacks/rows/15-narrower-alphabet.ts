import type { AttackRow } from '../row.ts';

export const row: AttackRow = {
  number: 15,
  kind: 'Text from strangers in fields with a narrower alphabet',
  attack:
    'A Dockerfile fails in `RUN echo "🐛 ate the 🚢 👩‍👩‍👧‍👦"`; GitHub refuses every commit status with 422, across kill -9; Slack refuses a message with `invalid_blocks`, and then a channel permanently with `is_archived`.',
  before:
    'GitHub answered "description doesn\'t accept 4-byte Unicode" (422); after 20 s the commit was still pending, the same description was sent again after 5, 10, 20 s … and so on forever, and the run did not mention it. Nor did it mention any other refused status. What Slack refused was retried forever, and neither the run nor `/cox status` mentioned it.',
  after:
    'The status is `failure` within a second of the end of the run, with U+FFFD for each emoji. If GitHub refuses it with 422, it is sent twice in total (once in each state), mentioned once in the message of the run, and not sent again after the kill. The refused message is posted with its text only; an archived channel is tried once in each state of the run, `/cox status` says so, and the message is posted once the channel accepts messages again.',
};
