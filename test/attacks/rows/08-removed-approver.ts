import type { AttackRow } from '../row.ts';

export const row: AttackRow = {
  number: 8,
  kind: 'Rights that were taken away',
  attack:
    'An approver is taken out of the user group just before pressing Approve, a moment after the bot has asked who is in it, before the last of two votes of another one, and while a freeze holds the release; an account in the group is deactivated; Slack answers the question with 503 and with 429; thirty presses come at once.',
  before:
    'The press approved v0.1.0, the vote of who was gone counted as the first of two, and after the freeze v0.1.0 was published; the bot asked Slack once in five minutes and went by that for up to an hour of 503s.',
  after:
    'Each is refused (`you are not among them`), the vote of who is gone is void, and after the freeze the run ends `cancelled` with nothing published. On 503 and 429 nothing is decided, and the refusal says in how many seconds to try again, while `whoami` still answers. Thirty presses at once cost at most 2 questions.',
};
