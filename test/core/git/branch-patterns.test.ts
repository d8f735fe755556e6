import test from 'ava';
import { branchPatterns, isBranchName } from '../../../src/core/git/branch-patterns.ts';

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
