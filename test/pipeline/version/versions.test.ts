import test from 'ava';
import type { Config, Repository, VersionSource } from '../../../src/core/config.ts';
import { UserError } from '../../../src/core/errors.ts';
import type { FileChange } from '../../../src/core/version/file-change.ts';
import type { PendingBump } from '../../../src/core/version/pending-bump.ts';
import type { Files } from '../../../src/pipeline/version/file-source.ts';
import type { BumpRecords } from '../../../src/pipeline/version/pending-bumps.ts';
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
  const present = { text, head: sha('a') };
  const asked: string[] = [];
  const files: Files = {
    file: async (_repository, branch, commit, path) => {
      asked.push(`${path} ${branch} ${commit[0]}`);
      return present.text;
    },
    tags: async () => tags,
    write: async (_repository, change) => {
      written.push(change);
      return { kind: 'commit', sha: sha('c') };
    },
  };
  const pending = new Map<string, PendingBump>();
  const clock = { now: new Date('2019-04-18T15:43:32Z') };
  const git = { heads: async () => ({ main: present.head, 'feature/Jobs_2': sha('b') }) };
  const config = { repositories: [repository], git: { botEmail: 'bot@example.com' } } as unknown as Config;
  const now = () => clock.now;
  const records: BumpRecords = {
    pendingBump: (name, branch) => pending.get(`${name} ${branch}`),
    bumping: async (name, branch, bump) => void (bump ? pending.set(`${name} ${branch}`, bump) : pending.delete(`${name} ${branch}`)),
  };
  const poll = async ({ name }: Repository) => void asked.push(`poll ${name}`);
  return {
    /** As after a start: what is remembered is what was saved. */
    started: () => new RepositoryVersions({ config, git, files, poll, now, records }),
    versions: new RepositoryVersions({ config, git, files, poll, now, records }),
    pending,
    files,
    present,
    clock,
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

const patch = { repository: 'app', bump: 'patch', by: 'U1' } as const;
const lost = Object.assign(new Error('GitHub gave no answer'), { retry: true });

test('a bump whose answer was lost is not written once more when it is asked for again', async (t) => {
  const { versions, files, present, written, pending } = world();
  files.write = async (_repository, change) => {
    written.push(change);
    Object.assign(present, { text: change.text, head: sha('c') });
    throw lost;
  };
  await t.throwsAsync(versions.ask(patch), {
    instanceOf: UserError,
    message: /^It is not known whether 0\.1\.3 was written to `main`: GitHub gave no answer\. Ask again in a minute: /,
  });
  t.deepEqual((await versions.ask(patch)).bump, { kind: 'patch', version: '0.1.3', earlier: true });
  t.is(written.length, 1);
  t.is(pending.size, 0);
  await t.throwsAsync(versions.ask(patch), { message: /0\.1\.4 was written/ }, 'and then it is the next one');
});

test('a push of which it is not known whether it has arrived is remembered, in its own words', async (t) => {
  const { versions, files, present, written } = world();
  files.write = async (_repository, change) => {
    Object.assign(present, { text: change.text, head: sha('c') });
    throw Object.assign(new UserError('The answer to the push was lost'), { retry: true });
  };
  await t.throwsAsync(versions.ask(patch), { message: 'The answer to the push was lost' });
  t.like((await versions.ask(patch)).bump, { version: '0.1.3', earlier: true });
  t.is(written.length, 0);
});

test('a bot that ends between a bump and its answer does not bump twice, whether it was written or not', async (t) => {
  for (const isWritten of [true, false]) {
    const { versions, started, files, present, written } = world();
    const { write } = files;
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    files.write = async (_repository, change) => {
      if (isWritten) Object.assign(present, { text: change.text, head: sha('c') });
      end();
      return new Promise(() => undefined);
    };
    void versions.ask(patch);
    await ended;
    files.write = write;
    const { bump } = await started().ask(patch);
    t.like(bump, { version: '0.1.3', ...(isWritten && { earlier: true }) });
    t.is(written.length, isWritten ? 0 : 1);
  }
});

test('a stamped version that may have been proposed is proposed again under the same name', async (t) => {
  const { versions, files, written, clock } = world({ write: 'pull-request' });
  const pre = { repository: 'app', bump: 'pre', by: 'U1' } as const;
  const { write } = files;
  files.write = () => Promise.reject(lost);
  const message = (await t.throwsAsync(versions.ask(pre)))?.message ?? '';
  files.write = write;
  clock.now = new Date(clock.now.getTime() + 60_000);
  await versions.ask(pre);
  t.true(message.includes(written[0]?.message.match(/to (\S+)/)?.[1] ?? '-'), message);
});

test('another kind of bump, or the same one more than an hour later, is a new one', async (t) => {
  const { versions, files, present, written, clock } = world();
  const { write } = files;
  files.write = async (_repository, change) => {
    Object.assign(present, { text: change.text, head: sha('c') });
    throw lost;
  };
  await t.throwsAsync(versions.ask(patch));
  files.write = write;
  t.is((await versions.ask({ ...patch, bump: 'minor' })).bump?.version, '0.2.0');
  files.write = async (_repository, change) => {
    Object.assign(present, { text: change.text, head: sha('d') });
    throw lost;
  };
  await t.throwsAsync(versions.ask(patch));
  files.write = write;
  clock.now = new Date(clock.now.getTime() + 3_700_000);
  t.like((await versions.ask(patch)).bump, { written: { kind: 'commit' }, version: '0.1.5' });
  t.is(written.length, 2);
});

test('a refusal is no bump, and a server that asks to wait has written nothing', async (t) => {
  const { versions, files, pending } = world();
  files.write = () => Promise.reject(new UserError('`main` has moved'));
  await t.throwsAsync(versions.ask(patch), { message: '`main` has moved' });
  files.write = () => Promise.reject(Object.assign(new Error('GitHub has reached its rate limit'), { retry: true, retryAt: new Date() }));
  await t.throwsAsync(versions.ask(patch), {
    instanceOf: UserError,
    message: /^Nothing was written: GitHub has reached its rate limit\. Ask/,
  });
  t.is(pending.size, 0);
});

test('a refused repetition leaves open whether the first attempt was written, which may be what has moved the branch', async (t) => {
  const wait = Object.assign(new Error('GitHub has reached its rate limit'), { retry: true, retryAt: new Date() });
  for (const refused of [new UserError('`main` has moved in the meantime'), wait]) {
    const { versions, files, present, written } = world();
    files.write = () => Promise.reject(lost);
    await t.throwsAsync(versions.ask(patch));
    files.write = async (_repository, change) => {
      Object.assign(present, { text: change.text, head: sha('c') });
      throw refused;
    };
    await t.throwsAsync(versions.ask({ ...patch, by: 'U2' }), { instanceOf: UserError });
    t.like((await versions.ask(patch)).bump, { version: '0.1.3', earlier: true }, refused.message);
    t.is(written.length, 0);
  }
});

test('a refusal does not bring back what another request has concluded meanwhile', async (t) => {
  const { versions, files, pending } = world();
  const { write } = files;
  const both: (() => void)[] = [];
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  files.write = async (...change) => {
    const isFirst = both.length === 0;
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    both.push(end);
    if (both.length === 2) begin();
    await ended;
    if (isFirst) return write(...change);
    throw new UserError('`main` has moved in the meantime');
  };
  const first = versions.ask(patch);
  const second = versions.ask({ ...patch, by: 'U2' });
  await begun;
  both[0]?.();
  await first;
  both[1]?.();
  await t.throwsAsync(second);
  t.is(pending.size, 0);
});

test('a file that is not UTF-8 has a version, and is not written: all that is not understood would be lost', async (t) => {
  const text = Buffer.from('Caf\xe9 <repo-version>0.1.2</repo-version>\n', 'latin1').toString('utf8');
  const { versions, written, pending } = world({ text });
  t.is((await versions.ask({ repository: 'app', by: 'U1' })).version, '0.1.2');
  await t.throwsAsync(versions.ask(patch), {
    instanceOf: UserError,
    message: 'README.md on `main` is not valid UTF-8, and writing it would damage it: convert it to UTF-8, or bump the version by hand.',
  });
  t.deepEqual([written.length, pending.size], [0, 0]);
});
