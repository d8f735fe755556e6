import type { AttackRow } from '../row.ts';

export const row: AttackRow = {
  number: 16,
  kind: 'A release that can neither end nor be stopped',
  attack:
    'GitHub answers 404 for every comparison and 422 for its generated notes; it answers 500 for every draft, and a person says `cancel` while the release is in progress, across kill -9, before and after an image is pushed; the answer that the draft was created is lost, and GitHub answers 500 for more than a minute after the cancellation.',
  before:
    'With notes refused (422) the part failed each time: after 30 s and after each retry the run was "being released", never released. With a GitHub that answers 500 it was retried forever, and `cancel` was always refused: "scheduler-1 cannot be cancelled: its state is releasing."',
  after:
    'Without notes from GitHub the release is published anyway, with a plain list, and the run says so. With a GitHub that answers 500 `cancel` ends the release immediately and permanently; nothing is published after the kill. Once an image has been pushed, it is refused: "its image `release-stock` has been pushed (`sample/scheduler-release:0.1.0`)". The draft that nobody knew of is named in the run as soon as GitHub answers. A part that keeps failing for an hour fails for good, and can be retried.',
};
