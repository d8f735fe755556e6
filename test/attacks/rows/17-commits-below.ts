import type { AttackRow } from '../row.ts';

export const row: AttackRow = {
  number: 17,
  kind: 'Commits that nobody built',
  attack:
    "A person's commit, and on top of it one with the e-mail of the bot; a person's commit that arrives at the moment when the bot bumps the version through GitHub, so that the bot's commit is on top of it; two bumps in a row, and a kill.",
  before:
    'Both commits of persons were silently skipped: `604dfe5 "Set the version to 0.1.1" is the bot\'s own, it starts no run`, of which the first was not the bot\'s. No run within 20 and 30 s, nor later.',
  after:
    'Each gets a run within one poll, of the newest commit; the run of the commit below the bot\'s says "includes earlier commits that had no run". Two bumps in a row start none, even across a kill.',
};
