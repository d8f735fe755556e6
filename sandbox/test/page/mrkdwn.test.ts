import test from 'ava';
import { dateText } from '../../src/page/browser/date.ts';
import { inline, richText } from '../../src/page/browser/mrkdwn.ts';

const text = (words: string, style?: object) => ({ type: 'text', text: words, ...(style ? { style } : {}) });

const reads = test.macro<[mrkdwn: string, elements: readonly object[]]>({
  exec: (t, mrkdwn, elements) => t.deepEqual(inline(mrkdwn), elements as ReturnType<typeof inline>),
  title: (name) => name ?? '',
});

test('bold, italic and strike begin and end at the edge of a word', reads, '*a* _b_ ~c~ 2*3*4 snake_case_name', [
  text('a', { bold: true }),
  text(' '),
  text('b', { italic: true }),
  text(' '),
  text('c', { strike: true }),
  text(' 2*3*4 snake_case_name'),
]);
test('marks nest', reads, '*a _b_*', [text('a ', { bold: true }), text('b', { bold: true, italic: true })]);
test('nothing is marked inside of code', reads, '`*a* &lt;b&gt;`', [text('*a* <b>', { code: true })]);
test('escaped text mentions nobody', reads, '&lt;!channel&gt; &lt;@U1&gt; &amp;lt;', [text('<!channel> <@U1> &lt;')]);
test('a mention, a channel, a link and an emoji', reads, '<@U1|lin> <#C1> <https://a.b?x=1&amp;y=2|there> :rocket:', [
  { type: 'user', user_id: 'U1' },
  text(' '),
  { type: 'channel', channel_id: 'C1' },
  text(' '),
  { type: 'link', url: 'https://a.b?x=1&y=2', text: 'there' },
  text(' '),
  { type: 'emoji', name: 'rocket' },
]);
test('a link that is no address stays text', reads, '<javascript:alert(1)|press>', [text('press')]);
test('a time of day is no emoji', reads, 'at 10:15:30 step:build:done', [text('at 10:15:30 step:build:done')]);

test('a fence keeps its lines as they are, and text around it is read', (t) => {
  t.deepEqual(richText('*why*\n```\n# *x* &lt;y&gt;\n  z &amp;&amp; w\n```\nnext'), [
    { type: 'rich_text_section', elements: [text('why', { bold: true })] },
    { type: 'rich_text_preformatted', elements: [text('# *x* <y>\n  z && w')] },
    { type: 'rich_text_section', elements: [text('next')] },
  ] as ReturnType<typeof richText>);
});

test('a quote ends with its lines', (t) => {
  t.deepEqual(
    richText('&gt; a\n&gt; b\nc').map((part) => [part.type, part.elements.length]),
    [
      ['rich_text_quote', 1],
      ['rich_text_section', 1],
    ],
  );
});

test('a fence that never ends stays text', (t) => {
  t.deepEqual(richText('```\nopen'), [{ type: 'rich_text_section', elements: [text('```\nopen')] }] as ReturnType<typeof richText>);
});

test('a date is shown in the form that it asks for, or as its fallback', (t) => {
  const noon = new Date(2026, 10, 24, 12, 0);
  const seconds = (date: Date) => String(date.getTime() / 1000);
  const shown = (date: Date) => dateText(seconds(date), 'seen {date_short_pretty} at {time_secs} {odd}', noon);
  t.regex(shown(new Date(2026, 10, 24, 9, 5, 7)) ?? '', /^seen today at 0?9:05:07.* \{odd\}$/);
  t.regex(shown(new Date(2026, 10, 23, 9, 5, 7)) ?? '', /^seen yesterday at/);
  t.regex(shown(new Date(2026, 9, 1, 9, 5, 7)) ?? '', /^seen .*2026 at/);
  t.is(dateText(seconds(new Date('2026-10-01T10:00Z')), '{date_num}'), '2026-10-01');
  t.deepEqual(inline('<!date^soon^{time}|later &amp; more>'), [text('later & more')] as ReturnType<typeof inline>);
});
