import test from 'ava';
import type { Config, Repository, VersionSource } from '../../../src/core/config.ts';
import { UserError } from '../../../src/core/errors.ts';
import type { FileChange } from '../../../src/core/version/file-change.ts';
import type { Files } from '../../../src/pipeline/version/file-source.ts';
import { RepositoryVersions } from '../../../src/pipeline/version/versions.ts';
import { sha } from '../asking.ts';

interface World {
  readonly from?: VersionSource['from'];
  readonly write?: VersionSource['write'];
  readonly text?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly none?: true;
}

const paths = { readme: 'README.md', adoc: 'README.adoc', file: 'VERSION', package: 'package.json', tags: '' };

/** Versions over one repository with two branches; what is written is remembered. */
function world({ from = 'readme', write = 'commit', text = '<repo-version>0.1.2</repo-version>\n', tags = {}, none }: World = {}) {
  const source: VersionSource = { from, prefix: 'v', write, ...(paths[from] && { path: paths[from] }) };
  const repository: Repository = {
    name: 'app',
    short: 'a',
    git: 'g',
    clone: 'g',
    branches: ['main', 'feature/*'],
    channel: '#ci',
    stages: [],
    ...(none ? {} : { version: source }),
  };
  const written: FileChange[] = [];
  const asked: string[] = [];
  const files: Files = {
    file: async (_repository, branch, commit, path) => {
      asked.push(`${path} ${branch} ${commit[0]}`);
      return text;
    },
    tags: async () => tags,
    write: async (_repository, change) => {
      written.push(change);
      return { kind: 'commit', sha: sha('c') };
    },
  };
  const git = { heads: async () => ({ main: sha('a'), 'feature/Jobs_2': sha('b') }) };
  const config = { repositories: [repository], git: { botEmail: 'bot@example.com' } } as unknown as Config;
  const now = () => new Date('2019-04-18T15:43:32Z');
  return {
    versions: new RepositoryVersions({ config, git, files, poll: async ({ name }) => void asked.push(`poll ${name}`), now }),
    repository,
    written,
    asked,
  };
}

test('the version of the main branch is shown, with the file and the commit', async (t) => {
  const { versions, asked, written } = world();
  const report = { repository: 'app', branch: 'main', sha: sha('a'), path: 'README.md', version: '0.1.2' };
  t.deepEqual(await versions.ask({ repository: 'app', by: 'U1' }), report);
  t.deepEqual(await versions.ask({ repository: 'a', by: 'U1' }), report, 'also by its short name');
  t.deepEqual(asked, ['README.md main a', 'README.md main a']);
  t.deepEqual(written, []);
});

test('a commit that no poll has seen has its run before a bump hides it, and what is only shown polls nothing', async (t) => {
  const { versions, asked, written } = world();
  await versions.ask({ repository: 'app', by: 'U1' });
  t.deepEqual(asked, ['README.md main a']);
  await versions.ask({ repository: 'app', bump: 'patch', by: 'U1' });
  t.deepEqual(asked.slice(1), ['README.md main a', 'poll app']);
  t.is(written.length, 1);
});

test('a bump is a commit of the bot on top of the commit that was read', async (t) => {
  const { versions, written } = world();
  t.like(await versions.ask({ repository: 'app', bump: 'minor', by: 'U0123ADA' }), {
    version: '0.1.2',
    bump: { kind: 'minor', version: '0.2.0', written: { kind: 'commit', sha: sha('c') } },
  });
  t.deepEqual(written, [
    {
      branch: 'main',
      parent: sha('a'),
      path: 'README.md',
      text: '<repo-version>0.2.0</repo-version>\n',
      message: 'Set the version to 0.2.0\n\nIt was 0.1.2; minor was requested by U0123ADA in Slack.',
      topic: 'version-0.2.0-main',
      author: { name: 'coxswain', email: 'bot@example.com' },
    },
  ]);
});

test('a pre-release is named after the branch that was asked for', async (t) => {
  const { versions, written } = world();
  const report = await versions.ask({ repository: 'app', branch: 'feature/Jobs_2', bump: 'pre', by: 'U1' });
  t.is(report.bump?.version, '0.1.2-feature-Jobs-2-aaaagjhioon');
  t.like(written, [{ branch: 'feature/Jobs_2', parent: sha('b') }]);
});

test('a candidate is counted from the tags of the remote', async (t) => {
  const { versions } = world({ tags: { 'v0.1.2-rc.1': sha('1'), 'v0.1.2-rc.3': sha('2') } });
  t.is((await versions.ask({ repository: 'app', bump: 'rc', by: 'U1' })).bump?.version, '0.1.2-rc.4');
});

test('a candidate without a tag is not made twice', async (t) => {
  const { versions, written } = world({ text: '<repo-version>0.1.2-rc.1</repo-version>' });
  const message = /`main` is already at 0\.1\.2-rc\.1, so nothing was written\. .*tags/;
  await t.throwsAsync(versions.ask({ repository: 'app', bump: 'rc', by: 'U1' }), { instanceOf: UserError, message });
  t.deepEqual(written, []);
});

test('where nothing is to be written, a bump only shows what would be', async (t) => {
  const { versions, written } = world({ write: 'none' });
  t.deepEqual((await versions.ask({ repository: 'app', bump: 'patch', by: 'U1' })).bump, { kind: 'patch', version: '0.1.3' });
  t.deepEqual(written, []);
});

test('tags say the newest version, and whether it is this commit', async (t) => {
  const tags = { 'v0.9.0': sha('1'), 'v0.10.0': sha('a'), other: sha('a'), '9.0.0': sha('2') };
  const { versions, repository } = world({ from: 'tags', write: 'none', tags });
  t.like(await versions.ask({ repository: 'app', by: 'U1' }), { version: '0.10.0', path: undefined });
  t.deepEqual(await versions.ofCommit(repository, 'main', sha('a')), { version: '0.10.0', tag: 'other' });
  t.deepEqual(await versions.ofCommit(repository, 'main', sha('b')), { version: '0.10.0' });
});

test('a commit of an older line has the version of its own tag, whatever is out elsewhere', async (t) => {
  const { versions, repository } = world({ from: 'tags', write: 'none', tags: { 'v2.0.0': sha('1'), 'v1.1.9': sha('b') } });
  t.deepEqual(await versions.ofCommit(repository, 'feature/Jobs_2', sha('b')), { version: '1.1.9', tag: 'v1.1.9' });
});

const refuses = test.macro<[World, { repository?: string; branch?: string }, RegExp]>(async (t, given, wish, message) => {
  const { versions, written } = world(given);
  await t.throwsAsync(versions.ask({ repository: 'app', bump: 'patch', by: 'U1', ...wish }), { instanceOf: UserError, message });
  t.deepEqual(written, []);
});

test('an unknown repository names the known ones', refuses, {}, { repository: 'x' }, /no repository `x`\. Configured: `app`/);
test('an unknown branch names the watched ones', refuses, {}, { branch: 'x' }, /no watched branch `x`\. Watched branches: `main`/);
test('a name that every object has is no branch', refuses, {}, { branch: 'constructor' }, /no watched branch/);
test(
  'a repository without one says how to configure it',
  refuses,
  { none: true },
  {},
  /No version is configured for app: set its `version:`/,
);
test('a README without the tag says what to write', refuses, { text: '# x' }, {}, /no `<repo-version>` tag in README\.md on `main`/);
test('tags that say none ask for one', refuses, { from: 'tags', tags: { x: '1' } }, {}, /No tag of app is a version such as `v0\.1\.0`/);
test('tags are not written', refuses, { from: 'tags', tags: { 'v1.0.0': '1' } }, {}, /tags are created by releases/);

test('a run without a version says why, and a repository without one says nothing', async (t) => {
  const bad = world({ text: '# x' });
  const { versionProblem } = await bad.versions.ofCommit(bad.repository, 'main', sha('a'));
  t.regex(versionProblem ?? '', /^Its version is unknown\. There is no `<repo-version>` tag in README\.md on `main`/);
  const none = world({ none: true });
  t.deepEqual(await none.versions.ofCommit(none.repository, 'main', sha('a')), {});
});
