import test from 'ava';
import { type NotedCommit, releaseNotes } from '../../../src/core/release/notes.ts';

const commit = (subject: string, over: Partial<NotedCommit> = {}): NotedCommit => ({ sha: 'a'.repeat(40), subject, ...over });

test('commits stand under what they are, the newest first', (t) => {
  const commits = [
    commit('feat(queue): take turns', { author: 'Ada' }),
    commit('docs: say how'),
    commit('Feat: wait'),
    commit('fix: count again'),
    commit('perf: half the time'),
    commit('chore: sweep'),
    commit('Give jobs to GPUs in turn'),
    commit('feat!: drop the old key'),
  ];
  t.is(
    releaseNotes(commits),
    `## Breaking changes

- drop the old key (aaaaaaa)

## Features

- wait (aaaaaaa)
- **queue:** take turns (aaaaaaa, Ada)

## Fixes

- count again (aaaaaaa)

## Performance

- half the time (aaaaaaa)

## Documentation

- say how (aaaaaaa)

## Other changes

- Give jobs to GPUs in turn (aaaaaaa)
- sweep (aaaaaaa)`,
  );
});

test('what breaks is told in the words of its footer', (t) => {
  for (const name of ['BREAKING CHANGE', 'BREAKING-CHANGE'])
    t.is(
      releaseNotes([commit('fix(api): mend', { body: `Because.\n\n${name}: \`port\` is a number now\nRefs: 1` })]),
      '## Breaking changes\n\n- **api:** mend (aaaaaaa)\n  \\`port\\` is a number now',
    );
  t.regex(releaseNotes([commit('fix: mend', { body: 'This is no BREAKING CHANGE: it only mends' })]), /## Fixes/);
});

const shown = test.macro((t, subject: string, text: string) =>
  t.is(releaseNotes([commit(subject)]), `## Other changes\n\n- ${text} (aaaaaaa)`),
);
test('nobody is mentioned', shown, 'thank @everyone', 'thank @\u200beveryone');
test('no HTML', shown, '<img src=x onerror=y> &amp;', '\\<img src=x onerror=y\\> \\&amp;');
test('no comment that hides the rest', shown, '<!-- coxswain-run: a -->', '\\<!-- coxswain-run: a --\\>');
test('no link and no picture', shown, '![here](http://a.example)', '!\\[here\\](http://a.example)');
test('no emphasis and no code', shown, '*a* __b__ ~~c~~ `d` \\e', '\\*a\\* \\_\\_b\\_\\_ \\~\\~c\\~\\~ \\`d\\` \\\\e');
test('no heading', shown, '# 1', '\\# 1');
test('no list in the list', shown, '- item', '\\- item');
test('no number of a list', shown, '1. item', '1\\. item');
test('versions and numbers of issues stay readable', shown, 'Take undici 8.13.1 (#12)', 'Take undici 8.13.1 (#12)');
test('one line, whatever it was', shown, 'a\u2028b\tc\u0007\u202ed', 'a b c\\\\u{7}\\\\u{202e}d');

test('merges are left out', (t) => {
  const subjects = ['Merge pull request #1 from ada/x', "Merge branch 'main'", 'Merge the two queues'];
  t.is(releaseNotes(subjects.map((subject) => commit(subject))), '## Other changes\n\n- Merge the two queues (aaaaaaa)');
});

test('no commits, no notes', (t) => {
  t.is(releaseNotes([]), '');
  t.is(releaseNotes([commit("Merge branch 'x'")]), '');
});

test('many commits are cut, and counted', (t) => {
  const many = Array.from({ length: 300 }, (_, number) => commit(`change ${number}`));
  const notes = releaseNotes(many, 5_000);
  t.regex(notes, /^## Other changes\n\n- change 299 /);
  t.regex(notes, /\n- change 100 \(aaaaaaa\)\n\n… and 4800 older commits\.$/);
  t.regex(releaseNotes(many.slice(0, 201)), /… and 1 older commit\.$/);
});

test('a long subject is cut between characters', (t) => {
  const notes = releaseNotes([commit('😀'.repeat(400))]);
  t.is(notes, `## Other changes\n\n- ${'😀'.repeat(299)}… (aaaaaaa)`);
});
