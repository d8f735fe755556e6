import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { plainEnvironment } from '../../src/git/run-git.ts';

const env = {
  ...plainEnvironment,
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
  GIT_AUTHOR_DATE: '2026-02-03T04:05:06+01:00',
  GIT_COMMITTER_DATE: '2026-02-03T04:05:06+01:00',
};

/** A bare repository whose commits write one file, `file`: a line of branch and subject. */
export function bareRepository(t: ExecutionContext) {
  const folder = mkdtempSync(join(tmpdir(), 'coxswain-git-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'bare.git');
  const run = (words: readonly string[], input = '') => execFileSync('git', words, { encoding: 'utf8', env, input }).trim();
  run(['init', '--quiet', '--bare', '-b', 'main', path]);
  const git = (...words: string[]) => run(['-C', path, ...words]);
  const commit = (branch: string, subject: string) => {
    const blob = run(['-C', path, 'hash-object', '-w', '--stdin'], `${branch} ${subject}`);
    const tree = run(['-C', path, 'mktree'], `100644 blob ${blob}\tfile\n`);
    const parent = git('for-each-ref', '--format=%(objectname)', `refs/heads/${branch}`);
    const sha = git('commit-tree', tree, ...(parent ? ['-p', parent] : []), '-m', subject);
    git('update-ref', `refs/heads/${branch}`, sha);
    return sha;
  };
  return { path, git, commit };
}
