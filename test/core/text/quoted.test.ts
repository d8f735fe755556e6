import test from 'ava';
import { quoted } from '../../../src/core/text/quoted.ts';

test('what was typed is repeated as code', (t) => t.is(quoted('runner-142'), '`runner-142`'));

test('a backtick does not end the code', (t) => t.is(quoted('a`b ``` c'), "`a'b ''' c`"));

test('a long word is cut, and no character is broken', (t) => {
  t.is(quoted('x'.repeat(5000)), `\`${'x'.repeat(59)}…\``);
  t.is(quoted('🚢'.repeat(5000)), `\`${'🚢'.repeat(59)}…\``);
});

test('several lines become one, and what nobody sees is written', (t) => t.is(quoted(' a\n\tb\u0007\u202ec '), '`a b\\u{7}\\u{202e}c`'));

test('nothing is still code', (t) => t.is(quoted(''), '` `'));
