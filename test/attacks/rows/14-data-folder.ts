import type { AttackRow } from '../row.ts';

export const row: AttackRow = {
  number: 14,
  kind: 'The data folder',
  attack:
    'Its rights after a run, and after a copy with mode 777; eight run files that are JSON of a wrong shape, a folder in the place of a ninth, broken files of what was seen and of freezes; starts on a disk that is full, read-only, and both read-only and empty (a tmpfs in a mount namespace).',
  before:
    '17 files and folders could be read by everybody, among them the folder itself, `runs`, `logs` and `git`. The folder in the place of a run file ended every start. A full or read-only disk ended the start with 8 lines of a stack, or with "ENOENT".',
  after:
    'Nothing is open to others. All nine are set aside and named in the log, the broken freezes hold all releases, the start goes on and the next commit gets run 91. Each start on such a disk ends with status 1 and one sentence that names the folder, what is wrong and what to do.',
};
