import test from 'ava';
import { UserError } from '../../../src/core/errors.ts';
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
