import type { AttackRow } from '../row.ts';

export const row: AttackRow = {
  number: 14,
  kind: 'The data folder',
  attack:
    'Its permissions after a run, and after a copy with mode 777; eight run files that are JSON of a wrong shape, a folder instead of a ninth, corrupt files of the last seen commits and of freezes; starts on a disk that is full, read-only, and both read-only and empty (a tmpfs in a mount namespace).',
  before:
    '17 files and folders could be read by everybody, among them the folder itself, `runs`, `logs` and `git`. The folder instead of a run file made every start fail. A full or read-only disk made the start fail with 8 lines of a stack, or with "ENOENT".',
  after:
    'Nothing can be read by others. All nine are set aside and named in the log, the corrupt freezes put all releases on hold, the start continues and the next commit gets run 91. Each start on such a disk ends with status 1 and one sentence that names the folder, what is wrong and what to do.',
};
