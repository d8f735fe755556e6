import type { AttackRow } from '../row.ts';

export const row: AttackRow = {
  number: 9,
  kind: 'What people are shown',
  attack:
    'A version is pushed on `feature/U+202E niam` and `feature/maU+200B in`, by an author with U+2066 in the name; the configuration removes a branch from `release.branches` while a vote about it is open, across kill -9.',
  before:
    'Both branches opened a vote to release v0.1.0; the confirmation read "scheduler c657cae goes out as v0.1.0", without a branch, and the names were shown as `feature/main` and backwards. There was no `release.branches`.',
  after:
    'Both runs end as `passed` with "no release: releases come from `main`", an approval is refused with that sentence, and the names read `feature/\\u{202e}niam` and `feature/ma\\u{200b}in`. For a run of main, the message, the button, the confirmation and the thread name the branch. The open vote is refused after the restart, and its run ends as `passed`.',
};
