import test from 'ava';
import type { Repository, VersionSource } from '../../../src/core/config.ts';
import { UserError } from '../../../src/core/errors.ts';
import { fileSource, type GithubFiles } from '../../../src/pipeline/version/file-source.ts';
import { sha } from '../asking.ts';

const change = { branch: 'main', parent: sha('a'), path: 'f', text: 't', message: 'm', topic: 'x', author: { name: 'n', email: 'e' } };

function repository(write: VersionSource['write'], github?: string): Repository {
  const version: VersionSource = { from: 'file', path: 'f', prefix: 'v', write };
  const more = { version, ...(github && { github }) };
  return { name: 'app', short: 'app', git: 'g', clone: 'g', branches: ['main'], channel: '#ci', stages: [], ...more };
}

const git = {
  file: async () => 'by git',
  tags: async () => ({ v1: sha('1') }),
  pushFile: async () => sha('c'),
};
const github: GithubFiles = {
  read: async () => 'by GitHub',
  commit: async () => ({ sha: sha('d'), url: 'https://github.com/acme/app/commit/d' }),
  propose: async () => ({ number: 7, url: 'https://github.com/acme/app/pull/7' }),
};

test('a file comes from GitHub where the repository lies there and a token is at hand', async (t) => {
  const log: string[] = [];
  const read = (files: GithubFiles | undefined, at?: string) =>
    fileSource(git, files, (line) => log.push(line)).file(repository('none', at), 'main', sha('a'), 'f');
  t.is(await read(github, 'acme/app'), 'by GitHub');
  t.is(await read(github), 'by git');
  t.is(await read(undefined, 'acme/app'), 'by git');
  t.deepEqual(log, []);
  const down = { ...github, read: async () => Promise.reject(new Error('503')) };
  t.is(await read(down, 'acme/app'), 'by git');
  t.regex(log.join(), /503.*falling back to git/);
});

test('a change is written where the configuration says', async (t) => {
  const write = (files: GithubFiles | undefined, to: VersionSource['write'], at?: string) =>
    fileSource(git, files, () => undefined).write(repository(to, at), change);
  t.like(await write(github, 'commit', 'acme/app'), { kind: 'commit', sha: sha('d'), url: 'https://github.com/acme/app/commit/d' });
  t.deepEqual(await write(undefined, 'commit', 'acme/app'), { kind: 'commit', sha: sha('c'), parent: sha('a') });
  t.deepEqual(await write(github, 'commit'), { kind: 'commit', sha: sha('c'), parent: sha('a') });
  t.like(await write(github, 'pull-request', 'acme/app'), { kind: 'pull-request', number: 7 });
  await t.throwsAsync(write(undefined, 'pull-request', 'acme/app'), {
    instanceOf: UserError,
    message: /cannot be created: neither GITHUB_TOKEN nor a GitHub App/,
  });
});

test('what GitHub refuses to write is not pushed another way', async (t) => {
  const refusing = { ...github, commit: async () => Promise.reject(new UserError('a rule forbids it')) };
  const write = fileSource(git, refusing, () => undefined).write(repository('commit', 'acme/app'), change);
  await t.throwsAsync(write, { message: 'a rule forbids it' });
});
