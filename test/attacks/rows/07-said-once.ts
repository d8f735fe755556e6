import type { AttackRow } from '../row.ts';

export const row: AttackRow = {
  number: 7,
  kind: 'Sent once, done twice',
  attack:
    '`@coxswain version scheduler patch` is edited three times; its acknowledgement is lost twice, the bot is killed and restarted, and Slack repeats the event; the same with the kill while GitHub is being asked for the commit; a button is pressed three times at once.',
  before:
    'Each edit was a command: four commits, 0.1.0 became 1.0.0. The event that Slack repeated after the restart was a second command (0.1.2), even if the first one had been in progress (0.1.2). The button started one run.',
  after:
    '0.1.1 each time, by one commit. Their author alone is told, once, that edits do nothing. The repeated event gets no answer; if the bot was killed in the middle, it says that the command may or may not have been done, and does nothing. The button starts one run.',
};
