import type { AttackRow } from '../row.ts';

export const row: AttackRow = {
  number: 10,
  kind: 'Commands copied with their formatting',
  attack:
    '`help status` is sent in 24 ways: as code, bold, italics, in brackets, in the quotation marks of phones and in a code block, after `@coxswain:` and `@coxswain,`, with or without a blank after that, with `/cox` before it in a mention, with a full stop and a non-breaking space.',
  before: 'One of 17 of them was understood (quotation marks); the others got "I do not know \'help\'" or "I do not know :".',
  after: 'All 24 are answered like the plain words; a reason and notes keep their formatting.',
};
