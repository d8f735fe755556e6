import test from 'ava';
import type { ReleaseStage } from '../../../src/core/config.ts';
import { canMeet } from '../../../src/core/git/branch-patterns.ts';
import { notOffered } from '../../../src/core/release/release-branches.ts';
import { aRepository } from '../../pipeline/releasing.ts';

const meet = test.macro((t, a: string, b: string, can: boolean) => {
  t.is(canMeet(a, b), can);
  t.is(canMeet(b, a), can);
});
test('a name meets itself', meet, 'main', 'main', true);
test('a name meets no other', meet, 'main', 'mai', false);
test('a name meets a glob that it fits', meet, 'release/1.2', 'release/*', true);
test('* does not cross a slash', meet, 'release/1/2', 'release/*', false);
test('** does', meet, 'release/1/2', 'release/**', true);
test('two globs meet in a name of which neither is made', meet, 'a*c', 'ab*', true);
test('two globs of other beginnings do not meet', meet, 'release/*', 'feature/*', false);
test('? is one character and no slash', meet, 'v?', 'v/', false);
test('everything meets **', meet, '**', 'a/?b*', true);
test('many stars take no time', meet, '*a'.repeat(60), '*b'.repeat(60), false);

test('releases come from the first of the branches, where nothing else is said', (t) => {
  const { release } = aRepository();
  const { branches: _named, ...usual } = release ?? {};
  const watched = { branches: ['main', 'feature/*'], release: usual as ReleaseStage };
  t.is(notOffered(watched, 'main'), undefined);
  t.regex(
    notOffered(watched, 'feature/x') ?? '',
    /^releases come from `main` \(`release\.branches` .*\), and this branch is `feature\/x`$/,
  );
  t.is(notOffered({ ...watched, branches: ['release/*', 'main'] }, 'release/1'), undefined);
});

test('releases come from the branches that are named', (t) => {
  const named = { ...aRepository({ branches: ['main', 'release/*'] }), branches: ['**'] };
  t.is(notOffered(named, 'release/1'), undefined);
  t.not(notOffered(named, 'release/1/x'), undefined);
  t.not(notOffered(named, 'ma\u200bin'), undefined);
});

test('where there are no releases, none is refused', (t) => {
  const { release: _none, ...without } = aRepository();
  t.is(notOffered(without, 'x'), undefined);
});
