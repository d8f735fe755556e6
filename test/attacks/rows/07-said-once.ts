import type { AttackRow } from '../row.ts';

export const row: AttackRow = {
  number: 7,
  kind: 'Said once, done twice',
  attack:
    '`@coxswain version scheduler patch` is edited three times; its receipt is lost twice, the bot is killed and started anew, and Slack repeats the event; the same with the kill while GitHub is being asked for the commit; a button is pressed three times at once.',
  before:
    'Each edit was a command: four commits, 0.1.0 became 1.0.0. The event that Slack repeated after the restart was a second command (0.1.2), also where the first one had been under way (0.1.2). The button started one run.',
  after:
    '0.1.1 each time, by one commit. The edits are told once, to their author alone, that they do nothing. The repeated event is silent; where the bot was killed in the middle it says that it does not know whether it was done, and does nothing. The button starts one run.',
};
