import test from 'ava';
import { UserError } from '../../../src/core/errors.ts';
import { previousTag } from '../../../src/core/version/previous-tag.ts';
import {
  type Bump,
  bumped,
  compareVersions,
  formatVersion,
  isPrerelease,
  newestVersion,
  parseVersion,
  tagOfVersion,
  type Version,
  versionOfTag,
} from '../../../src/core/version/version.ts';
import { versionIn, withVersion } from '../../../src/core/version/version-file.ts';
import { computing } from '../../fixtures/computing.ts';

const v = (text: string): Version => {
  const version = parseVersion(text);
  if (!version) throw new Error(`${text} is no version`);
  return version;
};

for (const text of [
  '0.9.14',
  '1.0.0-alpha.1',
  '0.14.3-main-aaaagsbfdfr',
  '0.9.14--aaaagjihjms',
  '1.2.3-rc.4+build.5',
  '1.0.0-0A.is.legal',
]) {
  test(`${text} is a version, and is written as it was read`, (t) => t.is(formatVersion(v(text)), text));
}

for (const text of ['', '1', '1.2', '1.2.3.4', 'v1.2.3', '01.2.3', '1.2.3-', '1.2.3-01', '1.2.3-a..b', '1.2.3-ü', '1.2.3 ', '-1.2.3']) {
  test(`${JSON.stringify(text)} is no version`, (t) => t.is(parseVersion(text), undefined));
}

test('a version of more than 128 characters could not be the tag of an image', (t) => {
  t.truthy(parseVersion(`1.2.3-${'a'.repeat(122)}`));
  t.is(parseVersion(`1.2.3-${'a'.repeat(123)}`), undefined);
  t.is(parseVersion(`${'9'.repeat(16)}.0.0`), undefined, 'nor can it be counted on');
});

test('versions are in the order of semver.org', (t) => {
  const order = ['1.0.0-2', '1.0.0-10', '1.0.0-alpha', '1.0.0-alpha.1', '1.0.0-alpha.beta', '1.0.0-beta', '1.0.0-rc.1', '1.0.0', '1.0.1'];
  const more = [...order, '1.2.0', '1.10.0', '2.0.0'];
  for (const [index, text] of more.entries()) {
    for (const [other, against] of more.entries()) {
      t.is(Math.sign(compareVersions(v(text), v(against))), Math.sign(index - other), `${text} and ${against}`);
    }
  }
  t.is(compareVersions(v('1.0.0+a'), v('1.0.0+b')), 0);
});

const around = { branch: 'feature/212_kops_1_11', now: new Date('2019-04-18T15:43:32Z'), tags: [] as string[], prefix: 'v' };

const becomes = test.macro<[from: string, bump: Bump, to: string, more?: object]>({
  exec: (t, from, bump, to, more = {}) => t.is(formatVersion(bumped(v(from), bump, { ...around, ...more })), to),
  title: (_, from, bump, to) => `${bump} of ${from} is ${to}`,
});

test(becomes, '0.0.1', 'patch', '0.0.2');
test(becomes, '0.0.2-feature-x-aaaagjhioon', 'patch', '0.0.2');
test(becomes, '1.2.3', 'minor', '1.3.0');
test(becomes, '1.2.3-x', 'minor', '1.3.0');
test(becomes, '1.2.3-x', 'major', '2.0.0');
test(becomes, '1.2.3+build', 'patch', '1.2.4');
test(becomes, '0.9.14', 'pre', '0.9.14-feature-212-kops-1-11-aaaagjhioon');
test(becomes, '0.9.14-main-aaaagecpnf', 'pre', '0.9.14-Main-aaaagjhioon', { branch: 'Main' });
test(becomes, '0.17.0', 'rc', '0.17.0-rc.1');
test(becomes, '0.17.0-rc.2', 'rc', '0.17.0-rc.5', {
  tags: ['v0.17.0-rc.4', 'v0.17.0-rc.3', 'v0.17.1-rc.9', 'v0.17.0', '0.17.0-rc.7', 'x'],
});
test(becomes, '0.17.0', 'rc', '0.17.0-rc.8', { tags: ['0.17.0-rc.7', 'v0.17.0-rc.9', '0.17.0-rc.1.x', '0.17.0-rc.a'], prefix: '' });

test('a pre-release without a branch says what to do', (t) => {
  t.throws(() => bumped(v('1.2.3'), 'pre', { ...around, branch: '' }), { instanceOf: UserError, message: /name the branch/ });
});

test('a pre-release of a long branch still is the tag of an image, and keeps its stamp', (t) => {
  const text = formatVersion(bumped(v('1.2.3'), 'pre', { ...around, branch: 'x'.repeat(250) }));
  t.is(text.length, 128);
  t.regex(text, /^1\.2\.3-x+-aaaagjhioon$/);
  t.truthy(parseVersion(text));
});

test('a tag is a version with its prefix, and nothing else is', (t) => {
  t.is(tagOfVersion(v('1.2.3-rc.1'), 'v'), 'v1.2.3-rc.1');
  t.deepEqual(versionOfTag('v1.2.3', 'v'), v('1.2.3'));
  t.is(versionOfTag('1.2.3', 'v'), undefined);
  t.is(versionOfTag('v1.2.3', ''), undefined);
  t.deepEqual(newestVersion(['v1.9.0', 'v1.10.0', 'v1.10.0-rc.1', 'old', '9.9.9'], 'v'), v('1.10.0'));
  t.is(newestVersion(['old'], 'v'), undefined);
});

test('a pre-release is one', (t) => {
  t.deepEqual(
    ['1.2.3', '1.2.3-rc.1', '1.2.3+b'].map((text) => isPrerelease(v(text))),
    [false, true, false],
  );
});

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
test('an empty tag is no version', lacks, 'readme', '<repo-version></repo-version>', /says ` `, which is not a version/);
test('what is no version is shown', lacks, 'file', 'soon', /says `soon`, which is not a version/);
test('a file of more than that is none', lacks, 'file', '1.2.3\n4.5.6', /no version in x on main/);
test('an adoc without the line', lacks, 'adoc', ':rev: 1.2.3', /:Revision: 0\.1\.0/);
test('a package without it', lacks, 'package', '{"scripts":{"version":"1.2.3"}}', /no `version` in x on main/);
test('a package that is broken', lacks, 'package', '{"version":"1.2.3"', /no `version` in x on main/);

test('a large or hostile file takes no long time', (t) => {
  const ms = computing(() => {
    for (const text of [
      '<repo-version>'.repeat(70_000),
      `<repo-version>${' '.repeat(1_000_000)}`,
      `x${' '.repeat(1_000_000)}\ny`,
      '\\"'.repeat(500_000),
    ]) {
      for (const from of ['readme', 'adoc', 'file', 'package'] as const) t.throws(() => versionIn(from, text, 'x'));
    }
  });
  t.true(ms < 5_000, `${ms} ms`);
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

const before = test.macro<[version: string, tags: readonly string[], expected: string | undefined, prefix?: string]>(
  (t, version, tags, expected, prefix = 'v') => {
    const own = parseVersion(version);
    t.truthy(own);
    if (own) t.is(previousTag(tags, own, prefix), expected);
  },
);

test('the version before is the highest below, by number', before, '1.10.0', ['v1.2.0', 'v1.9.0', 'v1.10.0', 'v1.11.0'], 'v1.9.0');
test('an older line counts from its own last version', before, '1.2.4', ['v2.0.0', 'v1.2.3', 'v1.3.0'], 'v1.2.3');
test('a release counts over the pre-releases between', before, '1.2.0', ['v1.1.0', 'v1.2.0-rc.1', 'v1.2.0-rc.2'], 'v1.1.0');
test('a release after pre-releases alone counts from the highest', before, '1.0.0', ['v1.0.0-rc.2', 'v1.0.0-rc.10'], 'v1.0.0-rc.10');
test('a pre-release counts from whatever is below', before, '1.2.0-rc.2', ['v1.1.0', 'v1.2.0-rc.1', 'v1.2.0'], 'v1.2.0-rc.1');
test('other prefixes and other words are no versions', before, '1.2.0', ['1.1.0', 'app-v1.1.0', 'vnext', 'v1.1'], undefined);
test('without a prefix only plain versions count', before, '1.2.0', ['v1.1.0', '1.0.0'], '1.0.0', '');
test('nothing is before the lowest', before, '0.1.0', ['v1.0.0', 'v0.1.0'], undefined);
