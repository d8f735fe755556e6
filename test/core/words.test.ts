import test from 'ava';
import { wordsOf } from '../../src/core/words.ts';

const reads = test.macro((t, text: string, wanted: string[]) => t.deepEqual(wordsOf(text), wanted));

test('nothing has no words', reads, '  \n ', []);
test('words are parted by any white space', reads, ' run\u00a0tools \n main ', ['run', 'tools', 'main']);
test('quotation marks keep words together', reads, 'run "my repo" \'a b\'', ['run', 'my repo', 'a b']);
test('so do the curly ones of phones', reads, 'run “my repo” ‘a b’', ['run', 'my repo', 'a b']);
test('a quotation mark without partner is a character', reads, 'run "my repo', ['run', '"my', 'repo']);
test('an apostrophe inside a word is a character', reads, "don't run", ["don't", 'run']);
test('an empty pair is an empty word', reads, 'run ""', ['run', '']);
