import test from 'ava';
import { wordsOf } from '../../../src/core/text/page-text.ts';

const is = test.macro((t, body: string, words: string) => t.is(wordsOf(body, 60), words));

test(
  'of a page its title',
  is,
  '<!DOCTYPE html>\n<html><head><title lang="en">502 Bad&nbsp;Gateway</title></head><body>x</body></html>',
  '502 Bad Gateway',
);
test(
  'without a title its text, and no code',
  is,
  '<html><style>a{b:c}</style><h1>Sorry</h1><script>if (a < b) x()</script><p class="a">try &amp; later</html>',
  'Sorry b) x() try & later',
);
test('an empty title', is, '<html><title> </title><body>down</body>', 'down');
test('plain text', is, ' upstream\n error <a> ', 'upstream error <a>');
test(
  'XML of a storage server',
  is,
  '<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>No</Message></Error>',
  'AccessDenied No',
);
test('nothing', is, '', '');
test('cut', is, `<p>${'x'.repeat(100)}`, `${'x'.repeat(59)}…`);

test('a page of any size is read in no time', (t) => {
  for (const part of ['<', '<a ', '<title', '&amp;', '</title', '<script>'])
    t.true(wordsOf(`<html>${part.repeat(1_000_000)}`, 200).length <= 200);
});
