import test from 'ava';
import { code, escapeMrkdwn, externalText, named, paragraph, plainText } from '../../src/messages/escape.ts';
import { fence, fences } from '../../src/messages/fence.ts';
import { between, moment, size, utc, withMoment } from '../../src/messages/format.ts';
import { modalErrors } from '../../src/messages/modal.ts';
import { errorMessage } from '../../src/messages/reply.ts';
import { withoutMentions } from '../../src/messages/without-mentions.ts';

const says = test.macro((t, said: string, wanted: string) => t.is(said, wanted));

test('no bytes', says, size(0), '0 B');
test('bytes', says, size(999), '999 B');
test('kilobytes', says, size(1500), '1.5 kB');
test('megabytes', says, size(812_345_678), '812 MB');
test(
  'a moment is for each reader in their own time',
  says,
  moment('2026-11-24T14:00:05Z'),
  '<!date^1795528805^{date_short_pretty} {time}|2026-11-24 14:00 UTC>',
);
test('a moment that is none', says, moment('soon'), 'an unknown time');

test('no time passes between a moment and an unknown one', (t) => {
  t.is(between('2026-11-24T14:00:05Z', undefined), undefined);
  t.is(between('2026-11-24T14:00:05Z', '2026-11-24T14:00:09Z'), '4 s');
});

test('a stage takes no longer than the run that it is of, though the cluster tells whole seconds', (t) => {
  const [begun, ended] = ['2026-11-24T14:00:05.900Z', '2026-11-24T14:00:12.100Z'];
  t.is(between(begun, ended), '7 s');
  t.is(between('2026-11-24T14:00:05Z', ended), '7 s', 'the start of its pod');
});

test('a moment in a sentence is for each reader in their own time, and what only looks like one stays', (t) => {
  t.is(withMoment('over at 2026-11-24T14:00:05.123Z.', utc), 'over at 2026-11-24 14:00 UTC.');
  t.is(withMoment('over at 2026-99-99T14:00:05Z.', utc), 'over at 2026-99-99T14:00:05Z.');
});

test('exactly the three characters of Slack are escaped', (t) => {
  t.is(escapeMrkdwn('a & b < c > d "\'*_~`|'), 'a &amp; b &lt; c &gt; d "\'*_~`|');
});

test('line ends become spaces; control characters and what turns the direction are written', (t) => {
  t.is(plainText(' a\r\n\tb\u0000c\u202edcba\u2028 ', 50), 'a b\\u{0}c\\u{202e}dcba');
  t.is(externalText('1\u00a0000 ships', 50), '1 000 ships');
  t.is(paragraph('a\n\u2066b', 50), 'a\n\\u{2066}b');
});

test('in a name no blank or line end is taken for another', (t) => {
  t.is(named('main\u00a0\nx', 50), 'main\\u{a0}\\u{a}x');
  t.is(code('ma\u200bin', 50), '`ma\\u{200b}in`');
});

test('a text is cut between characters and between entities, never inside', (t) => {
  t.is(externalText('ab<<<<', 12), 'ab&lt;&lt;…');
  t.is(externalText('aaaa😀', 5), 'aaaa…');
  t.is(plainText('aaaa😀b', 6), 'aaaa…');
  t.is(externalText('👩‍👩‍👧 & 👩‍👩‍👧', 16), '👩‍👩‍👧 &amp; …');
  t.is(externalText('exactly', 7), 'exactly');
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
