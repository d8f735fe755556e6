import test from 'ava';
import { plainWord, withoutAddress } from '../../../src/core/command/plain-words.ts';

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
