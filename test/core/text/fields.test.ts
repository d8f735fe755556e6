import test from 'ava';
import { branchSlug, longestTag } from '../../../src/core/git/branch-slug.ts';
import { cut, cutBy, cutPoints } from '../../../src/core/text/cut.ts';
import { assetName, fileName, releaseBody, statusDescription } from '../../../src/core/text/fields.ts';
import { plainLine } from '../../../src/core/text/plain-line.ts';
import { quoted } from '../../../src/core/text/quoted.ts';
import { cutMarkup, escapeMrkdwn, named, outside, paragraph, plainName, plainText } from '../../../src/messages/escape.ts';
import { hostileTexts } from '../hostile-texts.ts';

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
test('a tag of an image', fits, (text) => branchSlug(text, longestTag), /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/, 128, 'main');
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
      for (const made of [outside(text, max), named(text, max), paragraph(text, max)]) {
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
