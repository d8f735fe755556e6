import test from 'ava';
import { branchSlug } from '../../../src/core/git/branch-slug.ts';
import { cut, cutBy, cutMiddle, cutPoints } from '../../../src/core/text/cut.ts';
import { assetName, fileName, releaseBody, statusDescription } from '../../../src/core/text/fields.ts';
import { editDistance, nearest } from '../../../src/core/text/nearest.ts';
import { plainLine } from '../../../src/core/text/plain-line.ts';
import { quoted } from '../../../src/core/text/quoted.ts';
import { visibleLine, visibleName, visibleText } from '../../../src/core/text/visible.ts';
import { cutMarkup, escapeMrkdwn, externalText, named, paragraph, plainName, plainText, reasonText } from '../../../src/messages/escape.ts';
import { computing } from '../../fixtures/computing.ts';
import { hostileTexts } from '../hostile-texts.ts';

test('what was typed is repeated as code', (t) => t.is(quoted('runner-142'), '`runner-142`'));

test('a backtick does not end the code', (t) => t.is(quoted('a`b ``` c'), "`a'b ''' c`"));

test('a long word is cut, and no character is broken', (t) => {
  t.is(quoted('x'.repeat(5000)), `\`${'x'.repeat(59)}…\``);
  t.is(quoted('🚢'.repeat(5000)), `\`${'🚢'.repeat(59)}…\``);
});

test('several lines become one, and what nobody sees is written', (t) => t.is(quoted(' a\n\tb\u0007\u202ec '), '`a b\\u{7}\\u{202e}c`'));

test('nothing is still code', (t) => t.is(quoted(''), '` `'));

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

/** Any text, through the function of a field, keeps the field's rule; what fits already stays as it is. */
const fits = test.macro((t, field: (text: string) => string, rule: RegExp, most: number, example?: string) => {
  for (const text of hostileTexts) {
    const made = field(text);
    const shown = JSON.stringify(text.slice(0, 40));
    t.true(made.isWellFormed(), shown);
    t.regex(made, rule, shown);
    t.true(made.length <= most, `${shown}: ${made.length}`);
    t.is(field(made), made, `${shown} twice`);
  }
  if (example !== undefined) t.is(field(example), example);
});

// What GitHub takes: no character of four bytes, one line.
test('a commit status', fits, statusDescription, /^[\u0020-\uffff]*$/u, 140, 'runner-1 failed: test: 3 of 40 failed ✗');
test('a name of an asset', fits, assetName, /^[A-Za-z0-9_+@-][A-Za-z0-9_+@.-]*$/, 200, 'runner-linux_amd64.tar.gz');
test('a name of a file', fits, fileName, /^[A-Za-z0-9_][A-Za-z0-9._-]*$/, 120, 'runner-142-gpu-test.log');
test('a label, a namespace and a name of an object', fits, (text) => branchSlug(text), /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 63, 'main');
test('a tag of an image', fits, (text) => branchSlug(text, 128), /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/, 128, 'main');
test('a line of a commit', fits, (text) => plainLine(text), /^[^\n\r\0]*$/u, 1_000, 'Mend it');
test('a text without markup', fits, (text) => plainText(text, 75), /^[^\n\r\0\u202a-\u202e]*$/u, 75, 'Retry');
test('a name without markup', fits, (text) => plainName(text, 75), /^[^\n\r\0\u202a-\u202e]*$/u, 75, 'main');

test('the body of a release', (t) => {
  for (const text of hostileTexts) {
    const body = releaseBody(text);
    t.true(body.isWellFormed() && [...body].length <= 120_000 && !body.includes('\0'));
  }
});

test('an emoji of a description is one sign, with all that it is joined of', (t) => {
  t.is(statusDescription('a 👩‍👩‍👧‍👦 b 🐛🐛 c ❤️'), 'a \ufffd b \ufffd c ❤️');
});

test('markup of Slack is no longer than it may be, and no entity in it is halved', (t) => {
  for (const text of hostileTexts) {
    for (const max of [10, 75, 150, 3_000]) {
      for (const made of [externalText(text, max), named(text, max), paragraph(text, max)]) {
        t.true(made.length <= max && made.isWellFormed());
        t.notRegex(made, /[<>]|&(?!amp;|lt;|gt;)/);
      }
    }
  }
  for (let max = 8; max < 80; max += 1) {
    const made = cutMarkup(
      `${escapeMrkdwn('a & b')} <https://a.example/x|label> \`code here\` <@U0123ADA> ${escapeMrkdwn('<x>')} end`,
      max,
    );
    t.true(made.length <= max, String(max));
    t.notRegex(made, /&(?!amp;|lt;|gt;)|<[^>]*$/);
    t.is((made.split('`').length - 1) % 2, 0, made);
  }
  t.regex(cutMarkup(`\`\`\`\n${'line\n'.repeat(50)}\`\`\``, 60), /^```\n[^`]*…\n```$/);
});

test('a text is cut between what people see as characters', (t) => {
  t.is(cut('abcdef', 4), 'abc…');
  t.is(cut('ab👩‍👩‍👧', 6), 'ab…');
  t.is(cut('e\u0301e\u0301e\u0301', 4), 'e\u0301…');
  t.is(cut('🇩🇪🇫🇷', 6), '🇩🇪…');
  t.is(cut('a\u0301'.repeat(2) + '\u0301'.repeat(500), 200).length, 200);
  t.is(cutPoints('😀'.repeat(5), 3), '😀😀…');
  t.is(
    cutBy('abc', 1, (text) => text.length),
    '…',
  );
  t.is(cut('abc', 0), '');
});

test('what was typed is at most 60 characters of code', (t) => {
  for (const text of hostileTexts) t.regex(quoted(text), /^`[^`]+`$/u);
});

/** Characters of every kind that nobody sees, or that turn the direction. */
const hidden = [
  ...[0x0, 0x7, 0x1b, 0x7f, 0x85, 0x9b, 0xad, 0x34f, 0x61c, 0x115f, 0x1160, 0x17b4, 0x180e, 0x2028, 0x2029, 0x2800, 0x3164, 0xfeff, 0xffa0],
  ...[
    0x200b, 0x200c, 0x200d, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2060, 0x2061, 0x2064, 0x2066, 0x2067, 0x2068, 0x2069,
  ],
  ...[
    0x206f, 0xfe00, 0xfe0e, 0xfe0f, 0xfff9, 0xfffc, 0x1bca0, 0x1d173, 0xe0001, 0xe0020, 0xe0041, 0xe007f, 0xe0100, 0xe01ef, 0xd800, 0xdfff,
    0x13441, 0x16fe4,
  ],
];
const oddBlanks = [0xa0, 0x1680, 0x2000, 0x2007, 0x200a, 0x202f, 0x205f, 0x3000];

test('a character that nobody sees, or that turns the direction, is written in a name and in running text', (t) => {
  for (const point of hidden) {
    const written = `a\\u{${point.toString(16)}}b`;
    t.is(visibleName(`a${String.fromCodePoint(point)}b`), written);
    if (![0x85, 0x2028, 0x2029].includes(point)) t.is(visibleLine(`a${String.fromCodePoint(point)}b`), written);
    t.is(visibleText(`a${String.fromCodePoint(point)}b`), written);
  }
});

test('every character that Unicode lets a font leave out is written', (t) => {
  for (let point = 0; point <= 0x10ffff; point += 1) {
    const one = String.fromCodePoint(point);
    if (/[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(one)) {
      if (visibleName(one) === one) t.fail(`U+${point.toString(16)}`);
    }
  }
  t.pass();
});

test('an odd blank is written in a name, and is a blank in running text', (t) => {
  for (const point of oddBlanks) {
    t.is(visibleName(`a${String.fromCodePoint(point)}b`), `a\\u{${point.toString(16)}}b`);
    t.is(visibleLine(`a${String.fromCodePoint(point)} b`), 'a b');
  }
  t.is(visibleName('Ada Lovelace'), 'Ada Lovelace');
});

test('emoji look as they should, with what joins them', (t) => {
  const emoji = '👩‍💻 👨‍👩‍👧‍👦 ❤️ 1️⃣ 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🇩🇪 👍🏽 🏳️‍🌈';
  t.is(visibleLine(emoji), emoji);
  t.is(visibleName(emoji), emoji);
});

test('what emoji are joined with cannot hide in a name', (t) => {
  t.is(visibleName('🚀\ufe0f'), '🚀\\u{fe0f}');
  t.is(visibleName('🚀\u200d'), '🚀\\u{200d}');
  t.is(visibleName('🚀\u200d🚀'), '🚀\\u{200d}🚀');
  t.is(visibleName('a\ufe0f'), 'a\\u{fe0f}');
});

test('letters of all scripts stay', (t) => {
  const words = 'naïve Größe Ωμέγα שלום سلام 日本語 हिन्दी';
  t.is(visibleName(words), words);
  t.is(visibleLine(words), words);
});

test('64 KiB of anything take no time', (t) => {
  for (const one of ['👩‍', '\u200d', '🏴\u{e0067}', ' ', '\u00a0a', 'a', '👩']) {
    const text = one.repeat(65_536 / one.length);
    const ms = computing(() => [visibleName(text), visibleLine(text)]);
    t.true(ms < 1_000, `${JSON.stringify(one)}: ${ms} ms`);
  }
});

test('a sentence that is too long loses its middle: what happened and what to do stay', (t) => {
  const remedy = ': check REGISTRY_USERNAME and REGISTRY_PASSWORD.';
  const long = `The registry a.example refuses the login (${'<b>no & never</b> '.repeat(500)})${remedy}`;
  for (const most of [200, 300, 400, 600]) {
    const shown = reasonText(long, most);
    t.true(shown.length <= most, String(shown.length));
    t.true(shown.length > most - 30);
    t.true(shown.startsWith('The registry a.example refuses'));
    t.true(shown.endsWith(remedy));
    t.true(shown.includes(' … '));
    t.notRegex(shown, /[<>]|&(?!amp;|lt;|gt;)/);
  }
  t.is(reasonText(`short${remedy}`, 100), `short${remedy}`);
  for (const most of [0, 1, 5, 20]) t.true(reasonText(long, most).length <= most);
  for (const odd of ['\u{1f469}\u200d\u{1f467}'.repeat(100), 'e\u0301'.repeat(300), '&'.repeat(400), '\ud83d'.repeat(400)]) {
    t.true(reasonText(odd, 101).length <= 101);
    t.true(cutMiddle(odd, 101).isWellFormed());
    t.true(cutMiddle(odd, 101).length <= 101);
  }
});
