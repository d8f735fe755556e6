import type { AttackRow } from '../row.ts';

export const row: AttackRow = {
  number: 8,
  kind: 'Rights that were taken away',
  attack:
    'An approver is removed from the user group just before pressing Approve, a moment after the bot has asked who is in it, before somebody else casts the second of two votes, and while a freeze keeps the release on hold; an account in the group is deactivated; Slack answers the question with 503 and with 429; thirty presses arrive at once.',
  before:
    'The press approved v0.1.0, the vote of the removed approver counted as the first of two, and after the freeze v0.1.0 was published; the bot asked Slack once in five minutes and relied on that answer during up to an hour of 503s.',
  after:
    'Each is refused (`you are not among them`), the vote of the removed approver is void, and after the freeze the run ends as `cancelled` with nothing published. On 503 and 429 nothing is decided, and the refusal says in how many seconds to try again, while `whoami` still answers. Thirty presses at once cost at most 2 questions.',
};
