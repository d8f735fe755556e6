import test from 'ava';
import { visibleLine, visibleName, visibleText } from '../../../src/core/text/visible.ts';

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
    const before = performance.now();
    visibleName(text);
    visibleLine(text);
    t.true(performance.now() - before < 1_000, JSON.stringify(one));
  }
});
