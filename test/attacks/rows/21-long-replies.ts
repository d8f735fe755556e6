import type { AttackRow } from '../row.ts';

export const row: AttackRow = {
  number: 21,
  kind: 'Replies longer than one message may be',
  attack:
    '40 repositories with names of 93 characters and six branches of 160 quotation marks each: `/cox status` and `@coxswain status`; 21 freezes with reasons of 400 characters, then the list of them and the audit.',
  before:
    '`/cox status` of these repositories was never answered: Slack refused the blocks with `msg_blocks_too_long`, and the person saw nothing at all.',
  after:
    'All are answered immediately, with at most 12,000 bytes of blocks: as many repositories as fit, then "… and N more repositories; `/cox status <repository>` shows one", and the same for the freezes. Slack refuses nothing.',
};
