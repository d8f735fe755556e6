import type { AttackRow } from '../row.ts';

export const row: AttackRow = {
  number: 19,
  kind: 'Waits that are not respected, and clocks that are set',
  attack:
    'One of two git hosts asks to wait 12 s (in seconds, and as a date), or answers 500; in the middle of a run the clock of the bot is set by -1 h, -1 year and +5 h; a node writes its logs in the time zone +05:30, then -03:30 after a kill, and its kubelet cannot follow any log (`failed to create fsnotify watcher: too many open files`).',
  before:
    'The host that asked to wait was asked 8 times in 8 s, the one that failed 13 times in 25 s. Setting the clock back ended the polls: a new commit was not seen within 25 s. Setting it forward failed a run after 1 s ("its pod should have ended"). Of the 106 lines of a log 26 were saved, and the words of the kubelet were among them 5 times, as if the container had printed them.',
  after:
    'The host that asked to wait is not asked within 8 s, the one that fails 3 times in 25 s, which is logged once; the other one 4 and 13 times, as usual. Whatever the clock is set to, the run passes and the next commit is seen within 3 s. All 106 lines are saved, once each, and the words of the kubelet once, marked as its own.',
};
