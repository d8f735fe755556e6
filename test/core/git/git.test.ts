import test from 'ava';
import { branchPatterns, isBranchName } from '../../../src/core/git/branch-patterns.ts';
import { branchSlug } from '../../../src/core/git/branch-slug.ts';
import { mayGo } from '../../../src/core/git/credential.ts';
import { gitAddress } from '../../../src/core/git/git-address.ts';
import { loginFor } from '../../../src/core/git/git-login.ts';

const matches = test.macro((t, pattern: string, yes: readonly string[], no: readonly string[]) => {
  const { matches } = branchPatterns([pattern]);
  t.deepEqual([...yes, ...no].filter(matches), yes);
});
test('a name is itself', matches, 'main', ['main'], ['main2', 'xmain', 'Main', 'feature/main']);
test('* does not cross /', matches, 'feature/*', ['feature/x', 'feature/'], ['feature/x/y', 'feature']);
test('** crosses /', matches, 'feature/**', ['feature/x', 'feature/x/y'], ['feature', 'main']);
test('** is every branch', matches, '**', ['main', 'a/b/c'], []);
test('* in the middle', matches, 'release-*-lts', ['release-1.2-lts'], ['release-1/2-lts', 'release-1.2']);
test('? is one character', matches, 'v?', ['v1', 'v\u{1F6A3}'], ['v', 'v12', 'v/']);
test('other signs stand for themselves', matches, 'a.b+(c)[d]{e}|f$', ['a.b+(c)[d]{e}|f$'], ['axb+(c)[d]{e}|f$', 'f']);

test('ref prefixes are as few as say it', (t) => {
  t.deepEqual(branchPatterns(['main', 'feature/*', 'feature/x', 'rel?ase', 'main']).refPrefixes, [
    'refs/heads/main',
    'refs/heads/feature/',
    'refs/heads/rel',
  ]);
  t.deepEqual(branchPatterns(['main', '*']).refPrefixes, ['refs/heads/']);
});

test('branch names are those that git allows', (t) => {
  for (const name of ['main', 'feature/x', 'ü/\u{1F6A3}', 'a.b', 'v1.2-3_4+5', '__proto__', 'x'.repeat(250)])
    t.true(isBranchName(name), name);
  const bad = [
    '',
    '@',
    '-x',
    'a b',
    'a\tb',
    'a\nb',
    'a\u0000b',
    'a\u009bb',
    'a..b',
    'a~1',
    'a^',
    'a:b',
    'a?',
    'a*',
    'a[',
    'a\\b',
    'a@{1}',
    '/a',
    'a/',
    'a//b',
    '.a',
    'a/.b',
    'a.',
    'a.lock',
    'a.lock/b',
    'a\ufffdb',
    'x'.repeat(251),
  ];
  for (const name of bad) t.false(isBranchName(name), JSON.stringify(name));
});

const is = test.macro<[branch: string, slug: string | RegExp]>({
  exec: (t, branch, slug) => (typeof slug === 'string' ? t.is(branchSlug(branch), slug) : t.regex(branchSlug(branch), slug)),
  title: (_, branch) => `the slug of ${branch.slice(0, 40)}`,
});

test(is, 'main', 'main');
test(is, 'feature/212_kops_1_11', 'feature-212-kops-1-11');
test(is, 'v1.2', 'v1-2');
test(is, 'Feature/X', /^feature-x-[a-z0-9]{7}$/);
test(is, 'a--b', /^a-b-[a-z0-9]{7}$/);
test(is, '_x_', /^x-[a-z0-9]{7}$/);
test(is, '日本', /^b-[a-z0-9]{7}$/);
test(is, 'a'.repeat(64), /^a{55}-[a-z0-9]{7}$/);

test('a slug fits a label, a namespace and the tag of an image, whatever the branch', (t) => {
  const pieces = ['a', 'Z', '9', '-', '_', '/', '.', '+', 'ü', '界', ' ', '--', 'x'.repeat(30)];
  let state = 7;
  for (let n = 0; n < 3_000; n++) {
    const parts = Array.from({ length: 1 + (n % 12) }, () => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return pieces[state % pieces.length] ?? '';
    });
    for (const most of [20, 63, 128])
      t.regex(branchSlug(parts.join(''), most), new RegExp(`^(?=.{1,${most}}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?$`));
  }
});

test('branches that differ in more than a separator have slugs that differ', (t) => {
  const branches = ['Main', 'MAIN', 'main', 'mäin', 'm-in', 'main-', `${'x'.repeat(80)}1`, `${'x'.repeat(80)}2`, '日', '本'];
  t.is(new Set(branches.map((branch) => branchSlug(branch))).size, branches.length);
});

const kind = 'password' as const;
const logins = [
  { host: 'github.com', kind, secret: 'HUB' },
  { host: 'github.com', repository: 'team/private', kind, secret: 'TEAM' },
  { host: 'git.lab:8443', kind, secret: 'LAB' },
  { host: 'git.lab', kind: 'ssh-key' as const, secret: 'KEY' },
];
const of = (address: string) => loginFor(address, logins)?.secret;

test('a login goes to its own host and port, and one of a repository comes first', (t) => {
  t.is(of('https://github.com/x/y.git'), 'HUB');
  t.is(of('https://GitHub.com:443/x/y'), 'HUB');
  t.is(of('https://github.com/team/private.git'), 'TEAM');
  t.is(of('https://git.lab:8443/x'), 'LAB');
});

test('and to no other', (t) => {
  for (const other of [
    'https://github.com:8443/x',
    'https://api.github.com/x',
    'https://github.com.evil.test/x',
    'https://evilgithub.com/x',
    'https://git.lab/x',
    '/srv/github.com/x',
  ]) {
    t.is(of(other), undefined, other);
  }
});

test('a key is for ssh, and a password is not', (t) => {
  t.is(of('git@git.lab:x/y.git'), 'KEY');
  t.is(of('ssh://git@git.lab/x/y.git'), 'KEY');
  t.is(of('ssh://git@git.lab:2222/x/y.git'), undefined);
  t.is(of('git@github.com:x/y.git'), undefined);
});

test('addresses of git are read as git reads them', (t) => {
  t.deepEqual(gitAddress('git@Git.Lab:team/app.git'), { scheme: 'ssh', host: 'git.lab', port: '22', path: 'team/app', user: 'git' });
  t.deepEqual(gitAddress('ssh://ada@[::1]:2222/team/app'), { scheme: 'ssh', host: '[::1]', port: '2222', path: 'team/app', user: 'ada' });
  t.deepEqual(gitAddress('http://git.lab:3000/team/app.git/'), { scheme: 'http', host: 'git.lab', port: '3000', path: 'team/app' });
  for (const none of ['/srv/a.git', './a:b', 'ext::sh -c x', 'file:///a', 'git@host:-x', '']) t.is(gitAddress(none), undefined, none);
});

test('a credential goes to its own address, up to TLS and never down, and elsewhere only where that is said', (t) => {
  const may = (to: string, home: string, elsewhere?: (to: URL) => boolean) => mayGo(new URL(to), new URL(home), elsewhere);
  t.true(may('https://a.example/x', 'https://a.example:443/'));
  t.true(may('https://a.example:8443/x', 'http://a.example:8080/'));
  t.false(may('http://a.example/x', 'https://a.example/'));
  t.false(may('ws://a.example/x', 'wss://a.example/'));
  t.false(may('https://a.example:8443/x', 'https://a.example/'));
  t.false(may('https://b.example/', 'https://a.example/'));
  t.false(may('https://u:p@a.example/', 'https://a.example/'));
  t.true(may('https://b.example/', 'https://a.example/', () => true));
  t.false(
    may('http://b.example/', 'https://a.example/', () => true),
    'also there not in clear text',
  );
});

test('? in a pattern is one character, ] is itself', (t) => {
  const { matches, refPrefixes } = branchPatterns(['release/v?', 'a]b']);
  t.deepEqual(['release/v1', 'release/v', 'release/v12', 'release/v/', 'a]b', 'ab'].map(matches), [true, false, false, false, true, false]);
  t.deepEqual(refPrefixes, ['refs/heads/release/v', 'refs/heads/a]b']);
});
