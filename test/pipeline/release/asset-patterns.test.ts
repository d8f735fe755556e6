import test from 'ava';
import { UserError } from '../../../src/core/errors.ts';
import { assetName } from '../../../src/core/text/fields.ts';
import { checkPatterns, checksumsFile, foundIn, renaming } from '../../../src/pipeline/release/asset-patterns.ts';

/** What the listing in the collector prints. */
function listing(...entries: readonly [pattern: number, path: string, kind?: string, bytes?: number, place?: string][]): Buffer {
  const fields = entries.flatMap(([pattern, path, kind = 'file', bytes = 1, place = `/w/source/${path}`]) => [
    String(pattern),
    `./${path}`,
    place,
    kind,
    String(bytes),
  ]);
  return Buffer.from(fields.map((field) => `${field}\0`).join(''));
}

test('a pattern is a path below the source', (t) => {
  t.notThrows(() => checkPatterns(['bin/*', 'build-*.log', 'a b/[xy]?', '-x', '..x/y', '$(HOME)']));
  const refused: Readonly<Record<string, RegExp>> = {
    '': /^The asset pattern "" is empty\. Write a path inside the source, such as bin\/\*\.$/,
    ' ': /is empty/,
    '/etc/*': /^The asset pattern \/etc\/\* starts with a slash/,
    '../x': /contains \.\./,
    'bin/../../x': /contains \.\./,
    'bin\\x': /^The asset pattern "bin\\\\x" has a backslash or a control character/,
    'a\nb': /has a backslash or a control character/,
    'a\0b': /has a backslash or a control character/,
  };
  for (const [pattern, message] of Object.entries(refused)) {
    t.throws(() => checkPatterns(['bin/*', pattern]), { instanceOf: UserError, message }, pattern);
  }
});

test('a file counts once, however many patterns match it; folders are passed over', (t) => {
  const output = listing([0, 'bin/a'], [0, 'bin/folder', 'directory'], [0, 'bin/b'], [1, 'bin/a'], [1, 'c', 'file', 7]);
  const found = foundIn(output, ['bin/*', 'x']);
  t.deepEqual(
    found.map(({ path, bytes }) => [path, bytes]),
    [
      ['bin/a', 1],
      ['bin/b', 1],
      ['c', 7],
    ],
  );
});

test('every pattern must match a file, and what it matches instead is said', (t) => {
  const fails = (output: Buffer, message: RegExp) => t.throws(() => foundIn(output, ['a', 'bin/*']), { instanceOf: UserError, message });
  const next = String.raw`Check what the stages of the run leave in \$WORKSPACE/source, and correct the pattern\.$`;
  fails(listing([0, 'a']), new RegExp(String.raw`^No file matches bin/\*\. ${next}`));
  fails(listing([0, 'a'], [1, 'bin/d', 'directory']), /^No file matches bin\/\*: bin\/d is a directory\./);
  fails(listing([0, 'a'], [1, 'bin/d', 'broken']), /bin\/d is a broken link\./);
  fails(listing([0, 'a'], [1, 'bin/d', 'other']), /bin\/d is not a regular file\./);
  fails(listing(), /^No file matches a\./);
});

test('a link that leads out of the workspace is refused, also where other files match', (t) => {
  const output = listing([0, 'bin/a'], [0, 'bin/p w', 'outside', 0, '/etc/passwd']);
  t.throws(() => foundIn(output, ['bin/*']), { instanceOf: UserError, message: /^"bin\/p w" leads out of the workspace\./ });
});

test('what GitHub would refuse is refused before it is sent', (t) => {
  const fails = (bytes: number, message: RegExp) =>
    t.throws(() => foundIn(listing([0, 'bin/a', 'file', bytes]), ['bin/*']), { instanceOf: UserError, message });
  fails(0, /^bin\/a is empty, and GitHub does not accept empty files\./);
  fails(2 ** 31, /^bin\/a has 2147483648 bytes; GitHub accepts less than 2 GiB\./);
  t.is(foundIn(listing([0, 'bin/a', 'file', 2 ** 31 - 1]), ['bin/*']).length, 1);
});

test('a hundred files are taken, and no more', (t) => {
  const many = (count: number) => listing(...Array.from({ length: count }, (_, index): [number, string] => [0, `bin/f${index}`]));
  t.is(foundIn(many(100), ['bin/*']).length, 100);
  t.throws(() => foundIn(many(101), ['bin/*']), { instanceOf: UserError, message: /^More than 100 files match\./ });
});

test('two files that GitHub would call the same are named', (t) => {
  const clash = (one: string, other: string) => t.throws(() => foundIn(listing([0, one], [0, other]), ['*']), { instanceOf: UserError });
  t.is(clash('linux/app', 'mac/app')?.message, 'linux/app and mac/app would both be called app. Rename one of them.');
  t.is(clash('a b', 'a.b')?.message, '"a b" and a.b would both be called a.b. Rename one of them.');
});

test('a name that is no text, or that tar reads in its own way, is refused', (t) => {
  const bytes = listing([0, 'bin/x']);
  bytes[bytes.indexOf('x')] = 0xff;
  t.throws(() => foundIn(bytes, ['bin/*']), { instanceOf: UserError, message: /is not UTF-8\. Rename the file\.$/ });
  t.throws(() => foundIn(listing([0, 'a\\n']), ['*']), { instanceOf: UserError, message: /^The name "a\\\\n" contains a backslash/ });
});

const names: Readonly<Record<string, string>> = {
  app: 'app',
  'app-1.2.3+x86_64.tar.gz': 'app-1.2.3+x86_64.tar.gz',
  'a b (1).txt': 'a.b.1.txt',
  '.config': 'default.config',
  'end.': 'default.end',
  größe: 'gro.e',
  'é.txt': 'e.txt',
  日本: 'default',
  'x\ny': 'x.y',
  'a..b': 'a.b',
  '-rf': '-rf',
};

test('a file gets the name that GitHub gives it, which is said where it is another', (t) => {
  for (const [file, name] of Object.entries(names)) {
    t.is(assetName(file), name, file);
    t.is(assetName(name), name, 'the name of a name is itself: the pipeline gives it, and the client looks for it');
  }
  t.is(renaming({ path: 'bin/app', name: 'app' }), undefined);
  t.is(renaming({ path: 'bin/a b', name: 'a.b' }), '"a b" is called a.b on GitHub');
});

test('the checksums are a file that sha256sum reads', (t) => {
  const assets = [
    { name: 'app', sha256: 'a'.repeat(64) },
    { name: 'x.log', sha256: 'b'.repeat(64) },
  ];
  t.is(checksumsFile(assets), `${'a'.repeat(64)}  app\n${'b'.repeat(64)}  x.log\n`);
});
