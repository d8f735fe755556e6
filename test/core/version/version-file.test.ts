import test from 'ava';
import { UserError } from '../../../src/core/errors.ts';
import { formatVersion } from '../../../src/core/version/version.ts';
import { versionIn, withVersion } from '../../../src/core/version/version-file.ts';

type From = Parameters<typeof versionIn>[0];

const holds = test.macro<[from: From, text: string, version: string, next: string]>((t, from, text, version, next) => {
  t.is(formatVersion(versionIn(from, text, 'x on main')), version);
  t.is(withVersion(from, text, '9.9.9'), next);
  t.is(withVersion(from, text, version), text, 'the same version changes nothing');
});

const package_ = (version: string) => `{
  "name": "\\"version\\": \\"0.0.0\\"",
  "scripts": { "version": "8.8.8" },
  "version" : "${version}",
  "files": ["version", "7.7.7"]
}
`;

test(
  'a README holds it in a tag',
  holds,
  'readme',
  '# x\nv<repo-version>0.9.14-main-aaaagjhioon</repo-version>!\n',
  '0.9.14-main-aaaagjhioon',
  '# x\nv<repo-version>9.9.9</repo-version>!\n',
);
test(
  'several tags that agree are one version',
  holds,
  'readme',
  '<repo-version> 1.2.3 </repo-version><repo-version>1.2.3</repo-version>',
  '1.2.3',
  '<repo-version> 9.9.9 </repo-version><repo-version>9.9.9</repo-version>',
);
test(
  'an adoc holds it in a line',
  holds,
  'adoc',
  '= x\n:Author: Ada\n:Revision:  0.15.2\ntext :Revision: 1.1.1\n',
  '0.15.2',
  '= x\n:Author: Ada\n:Revision:  9.9.9\ntext :Revision: 1.1.1\n',
);
test('a file holds it alone', holds, 'file', '1.2.3\n', '1.2.3', '9.9.9\n');
test('a file may say v', holds, 'file', '\n v1.2.3', '1.2.3', '\n v9.9.9');
test('a package holds it at its top, and nothing else in it changes', holds, 'package', package_('1.2.3'), '1.2.3', package_('9.9.9'));

const lacks = test.macro<[from: From, text: string, words: RegExp]>((t, from, text, words) => {
  t.throws(() => versionIn(from, text, 'x on main'), { instanceOf: UserError, message: words });
});

test(
  'a README without a tag says what to write',
  lacks,
  'readme',
  '# x',
  /no `<repo-version>` tag in x on main: add `<repo-version>0\.1\.0</,
);
test(
  'tags that differ are both shown',
  lacks,
  'readme',
  '<repo-version>1.2.3</repo-version><repo-version>1.2.4</repo-version>',
  /x on main contains different versions, `1\.2\.3` and `1\.2\.4`/,
);
test('an empty tag is no version', lacks, 'readme', '<repo-version></repo-version>', /says ``, which is not a version/);
test('what is no version is shown', lacks, 'file', 'soon', /says `soon`, which is not a version/);
test('a file of more than that is none', lacks, 'file', '1.2.3\n4.5.6', /no version in x on main/);
test('an adoc without the line', lacks, 'adoc', ':rev: 1.2.3', /:Revision: 0\.1\.0/);
test('a package without it', lacks, 'package', '{"scripts":{"version":"1.2.3"}}', /no `version` in x on main/);
test('a package that is broken', lacks, 'package', '{"version":"1.2.3"', /no `version` in x on main/);

test('a large or hostile file takes no long time', (t) => {
  const began = Date.now();
  for (const text of [
    '<repo-version>'.repeat(70_000),
    `<repo-version>${' '.repeat(1_000_000)}`,
    `x${' '.repeat(1_000_000)}\ny`,
    '\\"'.repeat(500_000),
  ]) {
    for (const from of ['readme', 'adoc', 'file', 'package'] as const) t.throws(() => versionIn(from, text, 'x'));
  }
  t.true(Date.now() - began < 5_000);
});

test('a byte order mark before a file is no part of it, and stays where the version is raised', (t) => {
  const texts = {
    package: '{"version": "1.2.3"}',
    file: 'v1.2.3\n',
    adoc: ':Revision: 1.2.3\n',
    readme: '<repo-version>1.2.3</repo-version>',
  } as const;
  for (const from of ['package', 'file', 'adoc', 'readme'] as const) {
    const text = `\ufeff${texts[from]}`;
    t.is(formatVersion(versionIn(from, text, 'f')), '1.2.3', from);
    t.is(withVersion(from, text, '1.3.0'), text.replace('1.2.3', '1.3.0'), from);
  }
});
