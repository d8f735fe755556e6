import type { AttackRow } from '../row.ts';

export const row: AttackRow = {
  number: 17,
  kind: 'Commits that nobody built',
  attack:
    "A person's commit, and on top of it one with the e-mail of the bot; a person's commit that comes in the moment in which the bot raises the version through GitHub, so that the bot's stands on it; two versions raised in a row, and a kill.",
  before:
    'Both commits of persons were skipped in silence: `604dfe5 "Set the version to 0.1.1" is the bot\'s own, it starts no run`, of which the first was not the bot\'s. No run within 20 and 30 s, nor later.',
  after:
    'Each has its run within a poll, of the newest commit; that on which the bot\'s stands says "includes earlier commits that had no run". Two versions raised in a row start none, over a kill neither.',
};
