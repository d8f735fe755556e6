import test from 'ava';
import { plainWord, withoutAddress } from '../../../src/core/command/plain-words.ts';
import { ReceivedMessageLog } from '../../../src/core/command/received-messages.ts';
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

const says = test.macro((t, text: string, wanted: string) => t.is(withoutAddress(text), wanted));

test('what was copied with its code marks is what was copied', says, '`/cox logs runner-1 image`', 'logs runner-1 image');
test('so is a block of code', says, '```\n/cox logs runner-1\n```', 'logs runner-1');
test('a name before a command is dropped', says, '@coxswain — logs runner-1', 'logs runner-1');
test('so is one in marks of its own', says, '*@coxswain:* logs runner-1', 'logs runner-1');
test('what a mention leaves behind is dropped', says, ' : logs runner-1', 'logs runner-1');
test('so is one with no blank behind it', says, '`@coxswain:status`', 'status');
test('also where the marks end with the command', says, '`@coxswain:help` status', 'help` status');
test('a block of code may say its language, and a line begin with a prompt', says, '```sh\n$ /cox logs runner-1\n```', 'logs runner-1');
test('a block of code may hold any text', says, 'notes runner-1 ```sh\nmake\n```', 'notes runner-1 ```sh\nmake\n```');
test('a word with a colon of its own is no name', says, 'coxswains:x status', 'coxswains:x status');
test('marks around all are dropped, layer by layer', says, '*`“@coxswain logs runner-1”`*', 'logs runner-1');
test('a quoted line is what it quotes', says, '> logs runner-1', 'logs runner-1');
test('marks of a text of its own stay', says, '`/cox notes runner-1` *New:* use `foo`', 'notes runner-1 *New:* use `foo`');
test('so do those before the end of marks around all', says, '`notes runner-1 use `foo``', 'notes runner-1 use `foo`');
test('a name alone says nothing', says, '@coxswain', '');

const means = test.macro((t, word: string, slot: string, wanted: string) => t.is(plainWord(word, slot), wanted));

test('a pattern keeps its stars', means, '*fix*', '[branch-pattern]', '*fix*');
test('in code marks too', means, '`feature/*`', '[branch-pattern]', 'feature/*');
test('a branch keeps a sign at one of its ends', means, '_wip', '[branch]', '_wip');
test('a branch keeps its dashes', means, 'fix–it', '[branch]', 'fix–it');
test('a hyphen that a phone made long is one', means, 'runner–142', '<run>', 'runner-142');
test('so are the two of an option', means, '—all', '', '--all');
test('characters that nobody sees are dropped', means, 'sta\u200btus\u200e', '', 'status');
test('no sign is part of a command', means, ':status),', '', 'status');
test('nor any quotation mark, paired or not', means, '„status”', '', 'status');
test('a name keeps the signs that a command cannot have', means, '(wip)', '[branch]', '(wip)');
test('marks of a phrase end no word', means, '`runner-142`?', '<run>', 'runner-142');

test('any text is taken in a time that grows with its length', (t) => {
  for (const part of ['"', '“ ', '` ', '*a* ', '`@coxswain ', '\u200b', '@cox ', '“a', '</', '*`_~', '“„']) {
    const ms = (length: number) => {
      const text = part.repeat(length / part.length);
      const start = process.cpuUsage();
      for (let round = 0; round < 20; round++) plainWord(withoutAddress(text));
      return process.cpuUsage(start).user / 1000;
    };
    const [short, long] = [ms(10_000), ms(40_000)];
    t.true(long < 20 + short * 8, `${JSON.stringify(part)}: ${short} ms, then ${long} ms`);
  }
});

const hour = 3_600_000;

test('a message is heard once, and its repeated event is known', async (t) => {
  const heard = new ReceivedMessageLog();
  t.is(await heard.receive('C1 1.0', 'Ev1'), 'new');
  t.is(await heard.receive('C1 1.0', 'Ev1'), 'again');
  heard.done('C1 1.0');
  t.is(await heard.receive('C1 1.0', 'Ev1'), 'again');
  t.is(await heard.receive('C1 2.0', 'Ev2'), 'new');
});

test('another event about the same message is an edit', async (t) => {
  const heard = new ReceivedMessageLog();
  await heard.receive('C1 1.0', 'Ev1');
  t.is(await heard.receive('C1 1.0', 'Ev2'), 'changed');
});

test('what a bot that was stopped had not done is said so once', async (t) => {
  const at = Date.now();
  const before = [
    { key: 'a', event: 'Ev1', at, done: true },
    { key: 'b', event: 'Ev2', at, done: false },
  ];
  const heard = new ReceivedMessageLog(before);
  t.is(await heard.receive('a', 'Ev1'), 'again');
  t.is(await heard.receive('b', 'Ev2'), 'interrupted');
  t.is(await heard.receive('b', 'Ev2'), 'again');
  t.is(await new ReceivedMessageLog(before).receive('b', 'Ev9'), 'changed');
});

test('what was heard is remembered for an hour', async (t) => {
  let time = 0;
  const heard = new ReceivedMessageLog([], () => time);
  await heard.receive('a', '');
  time = hour - 1;
  await heard.receive('b', '');
  t.is(await heard.receive('a', ''), 'again');
  time = hour;
  await heard.receive('c', '');
  t.deepEqual(
    heard.all().map(({ key }) => key),
    ['b', 'c'],
  );
});

test('of very many words the oldest are forgotten', async (t) => {
  const heard = new ReceivedMessageLog();
  for (let n = 0; n < 20_010; n += 1) await heard.receive(String(n), '');
  t.is(heard.all().length, 20_000);
  t.is(await heard.receive('20009', ''), 'again');
  t.is(await heard.receive('0', ''), 'new');
});
