import test from 'ava';
import { editDistance, nearest } from '../../../src/core/text/nearest.ts';

const words = ['run', 'status', 'runs', 'logs', 'cancel', 'retry'];
const finds = test.macro((t, word: string, wanted: string[]) => t.deepEqual(nearest(word, words), wanted));

test('a slip of the finger', finds, 'cancle', ['cancel']);
test('a beginning', finds, 'stat', ['status']);
test('capitals do not matter', finds, 'LOGZ', ['logs']);
test('the best comes first', finds, 'runz', ['run', 'runs']);
test('what is like nothing finds nothing', finds, 'deploy', []);
test('a text is no word', finds, 'run'.repeat(30), []);
test('one letter finds nothing', finds, 'r', []);

test('the distance counts insertions, deletions and replacements', (t) => {
  t.is(editDistance('kitten', 'sitting'), 3);
  t.is(editDistance('', 'abc'), 3);
  t.is(editDistance('same', 'same'), 0);
});
