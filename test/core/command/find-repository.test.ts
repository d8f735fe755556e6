import test from 'ava';
import { findRepository, repositoryOf } from '../../../src/core/command/find-repository.ts';

const all = [
  { name: 'studio-go-runner', short: 'runner' },
  { name: 'Tools', short: 'tools' },
  { name: 'tools-old', short: 'runner-old' },
  { name: 'runner-old' },
];

test('a repository is known by its name and its short name, in upper or lower case', (t) => {
  for (const word of ['studio-go-runner', 'runner', 'Runner', 'STUDIO-GO-RUNNER']) t.is(repositoryOf(all, word), all[0], word);
  t.is(repositoryOf(all, 'TOOLS'), all[1]);
});

test('a name goes before a short name', (t) => t.is(repositoryOf(all, 'runner-old'), all[3]));

test('a word that may mean two means none', (t) => t.is(repositoryOf(all, 'Runner-Old'), undefined));

test('the beginning of a name is none: another repository may come to begin so', (t) => {
  t.is(repositoryOf(all, 'studio'), undefined);
  t.throws(() => findRepository(all, 'studio'), {
    message: /^There is no repository `studio`\. Did you mean `studio-go-runner`\? Configured: /,
  });
});

test('where no name is like it, they are listed', (t) => {
  t.throws(() => findRepository(all, 'x'), {
    message: 'There is no repository `x`. Configured: `studio-go-runner`, `Tools`, `tools-old`, `runner-old`.',
  });
});
