import test from 'ava';
import { branchSlug, longestTag } from '../../../src/core/git/branch-slug.ts';

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
    for (const most of [20, 63, longestTag])
      t.regex(branchSlug(parts.join(''), most), new RegExp(`^(?=.{1,${most}}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?$`));
  }
});

test('branches that differ in more than a separator have slugs that differ', (t) => {
  const branches = ['Main', 'MAIN', 'main', 'mäin', 'm-in', 'main-', `${'x'.repeat(80)}1`, `${'x'.repeat(80)}2`, '日', '本'];
  t.is(new Set(branches.map((branch) => branchSlug(branch))).size, branches.length);
});
