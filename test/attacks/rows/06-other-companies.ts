import type { AttackRow } from '../row.ts';

export const row: AttackRow = {
  number: 6,
  kind: 'People of other companies, guests, bots, deactivated accounts',
  attack:
    'In a channel shared with another workspace, with `people.operators` empty, a stranger, a guest, a bot and a deactivated account each mention the bot with `run`, `version … patch`, `freeze`, `audit`, `status`, `help` and nonsense; all of them are in the group of the approvers. The stranger presses Approve and Reject; a form is submitted by somebody who has become a stranger since it was opened. Slack answers 503.',
  before:
    'All four were answered in the channel and were operators: a run was started, 0.1.1 was committed to `main`, releases were frozen, the audit was shown. The stranger’s press approved v0.1.0. A 503 changed nothing, because nobody was looked up.',
  after:
    'No run, no commit, no freeze, no line in the audit, nothing in the channel. The stranger and the guest get one sentence for each of 7 commands, which nobody else sees; the bot and the deactivated account get none. Both presses are refused and open no form; the form that was open shows the sentence and stays open. On 503 nothing is done. `people.workspaces` and `people.guests` let them in.',
};
