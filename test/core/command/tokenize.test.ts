import test from 'ava';
import { asWord, lastWords, tokenize } from '../../../src/core/command/tokenize.ts';

const wordsOf = (text: string) => tokenize(text).map((word) => word.text);
const reads = test.macro((t, text: string, wanted: string[]) => t.deepEqual(wordsOf(text), wanted));

test('nothing has no words', reads, '  \n ', []);
test('words are parted by any white space', reads, ' run\u00a0tools \n main ', ['run', 'tools', 'main']);
test('quotation marks keep words together', reads, 'run "my repo" \'a b\'', ['run', 'my repo', 'a b']);
test('so do the curly ones of phones', reads, 'run “my repo” ‘a b’', ['run', 'my repo', 'a b']);
test('and those of other languages', reads, 'run „my repo” ”c d” »e f«', ['run', 'my repo', 'c d', 'e f']);
test('a quotation mark without partner is a character', reads, 'run "my repo', ['run', '"my', 'repo']);
test('an apostrophe inside a word is a character', reads, "don't run", ["don't", 'run']);
test('an empty pair is an empty word', reads, 'run ""', ['run', '']);

test('marks behind a quotation end a phrase', reads, 'run "my repo", "main".', ['run', 'my repo', 'main']);
test('what follows a quotation at once is a word', reads, '"a"b "c".d', ['a', 'b', 'c', '.d']);

test('a text as one word holds whatever is in it', (t) => {
  const text = ' a "b" \'c\' “d” «e»\n\n- f ';
  t.deepEqual(wordsOf(`notes runner-1 ${asWord(text)}`), ['notes', 'runner-1', text]);
  t.deepEqual(wordsOf(`notes ${asWord('x\u0003 cancel runner-1')}`), ['notes', 'x  cancel runner-1']);
});

test('the last words are what was typed, line ends and quotation marks in it', (t) => {
  const text = 'notes runner-1 ## Fixes\n- "a b"\n- c \n';
  t.is(lastWords(text, 6), '## Fixes\n- "a b"\n- c');
  t.is(lastWords('notes runner-1 "a b"', 1), 'a b');
  t.is(lastWords('notes runner-1', 0), '');
});
