import type { AttackRow } from '../row.ts';

export const row: AttackRow = {
  number: 10,
  kind: 'Words in the marks that they were copied with',
  attack:
    '`help status` is said in 24 ways: in code, bold, italics, brackets, quotation marks of phones and a block of code, after `@coxswain:` and `@coxswain,`, with a blank behind that or none, with `/cox` before it in a mention, with a full stop and a space that does not break.',
  before: 'One of 17 of them was understood (quotation marks); the others were told "I do not know \'help\'" or "I do not know :".',
  after: 'All 24 are answered as the plain words are; a reason and notes keep their own marks.',
};
