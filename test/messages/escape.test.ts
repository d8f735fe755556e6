import test from 'ava';
import { code, escapeMrkdwn, named, outside, paragraph, plainText } from '../../src/messages/escape.ts';
import { fence, fences } from '../../src/messages/fence.ts';
import { modalErrors } from '../../src/messages/modal.ts';
import { errorMessage } from '../../src/messages/reply.ts';
import { withoutMentions } from '../../src/messages/without-mentions.ts';

test('exactly the three characters of Slack are escaped', (t) => {
  t.is(escapeMrkdwn('a & b < c > d "\'*_~`|'), 'a &amp; b &lt; c &gt; d "\'*_~`|');
});

test('line ends become spaces; control characters and what turns the direction are written', (t) => {
  t.is(plainText(' a\r\n\tb\u0000c\u202edcba\u2028 ', 50), 'a b\\u{0}c\\u{202e}dcba');
  t.is(outside('1\u00a0000 ships', 50), '1 000 ships');
  t.is(paragraph('a\n\u2066b', 50), 'a\n\\u{2066}b');
});

test('in a name no blank or line end is taken for another', (t) => {
  t.is(named('main\u00a0\nx', 50), 'main\\u{a0}\\u{a}x');
  t.is(code('ma\u200bin', 50), '`ma\\u{200b}in`');
});

test('a text is cut between characters and between entities, never inside', (t) => {
  t.is(outside('ab<<<<', 12), 'ab&lt;&lt;…');
  t.is(outside('aaaa😀', 5), 'aaaa…');
  t.is(plainText('aaaa😀b', 6), 'aaaa…');
  t.is(outside('👩‍👩‍👧 & 👩‍👩‍👧', 16), '👩‍👩‍👧 &amp; …');
  t.is(outside('exactly', 7), 'exactly');
});

test('inline code ends where it should', (t) => {
  t.is(code('a`b', 20), "`a'b`");
  t.is(code('\n', 20), '');
});

test('a fence keeps indentation, and three backticks in it end nothing', (t) => {
  t.is(fence(['if x {', '\tgo()', '```'], 200), '```\nif x {\n  go()\n`\u200b`\u200b`\n```');
});

test('a fence keeps the last lines and says how many are missing', (t) => {
  const lines = Array.from({ length: 30 }, (_, n) => `line ${n}`);
  t.is(fence(lines, 60), '```\n… 28 more lines above\nline 28\nline 29\n```');
});

test('nothing to show makes no fence', (t) => {
  t.is(fence([], 100), '');
  t.is(fence(['', '  '], 100), '');
});

test('several fences hold what one does not', (t) => {
  const lines = Array.from({ length: 5 }, (_, n) => `line ${n}`);
  t.deepEqual(fences(lines, 60, 3), { fences: ['```\nline 0\n```', '```\nline 1\nline 2\n```', '```\nline 3\nline 4\n```'], left: 0 });
});

test('people and groups in a sentence are mentions, in a form they are ids, and in code they are what was typed', (t) => {
  const sentence = 'people.approvers names <@U0456LIN>, <!subteam^S0123OPS>, not `<@U0123ADA>` & <!channel>.';
  t.is(
    errorMessage(sentence).text,
    'people.approvers names <@U0456LIN>, <!subteam^S0123OPS>, not `&lt;@U0123ADA&gt;` &amp; &lt;!channel&gt;.',
  );
  t.regex(withoutMentions(errorMessage(sentence)).text, /names `U0456LIN`, `S0123OPS`, not/);
  t.like(modalErrors(sentence), { answer: "people.approvers names U0456LIN, S0123OPS, not '<@U0123ADA>' & <!channel>." });
});
