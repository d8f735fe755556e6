import test from 'ava';
import { versionFindings } from '../../src/cli/findings/version.ts';
import type { Repository, Secrets, VersionSource } from '../../src/core/config.ts';
import { UserError } from '../../src/core/errors.ts';

function repository(write: VersionSource['write'], more: Partial<Repository> = {}): Repository {
  const url = 'https://git.example.com/demo';
  const version: VersionSource = { from: 'readme', path: 'README.md', prefix: 'v', write };
  return { name: 'demo', short: 'demo', git: url, clone: url, branches: ['main'], channel: '#ci', version, stages: [], ...more };
}

const versions = { ask: async () => ({ repository: 'demo', branch: 'main', sha: 'a', path: 'README.md', version: '1.2.3' }) };
const lines = async (
  one: Repository,
  { push = false, ...secrets }: Partial<Secrets> & { push?: boolean } = {},
  source: Parameters<typeof versionFindings>[0] = versions,
) =>
  (await versionFindings(source, [one], { secrets, canPush: () => push })).map(({ state, about, evidence, next }) =>
    `${state} ${about}: ${evidence} ${next ?? ''}`.trim(),
  );

test('a version that can be read is said, and a repository without one is not looked at', async (t) => {
  t.deepEqual(await lines(repository('none')), ['ok Version: demo: 1.2.3 in README.md on main']);
  const { version: _, ...without } = repository('none');
  t.deepEqual(await lines(without), []);
});

test('a version that cannot be read is no failure of the bot', async (t) => {
  const ask = async () => Promise.reject(new UserError('There is no tag in README.md on main: write it.'));
  t.deepEqual(await lines(repository('none'), {}, { ask }), [
    'warning Version: demo: There is no tag in README.md on main: write it. Fix this, or change `version` of this repository.',
  ]);
});

test('writing needs a login', async (t) => {
  const lacks =
    /^warning Version: demo, writing: version\.write is commit, but there is no login .* Set GITHUB_TOKEN, or GITHUB_APP_ID, .* of a GitHub App \(with `github`\), or a login for the host in git\.logins/;
  const github = { github: 'acme/demo' };
  t.regex((await lines(repository('commit')))[1] ?? '', lacks);
  t.regex((await lines(repository('commit', github)))[1] ?? '', lacks);
  t.regex(
    (await lines(repository('pull-request', github), { push: true }))[1] ?? '',
    /Set GITHUB_TOKEN, or GITHUB_APP_ID, GITHUB_APP_INSTALLATION_ID and GITHUB_APP_KEY of a GitHub App\.$/,
  );
  t.is((await lines(repository('commit'), { push: true })).length, 1);
  t.is((await lines(repository('commit', github), { githubToken: 'x' })).length, 1);
  t.is((await lines(repository('pull-request', github), { githubAppKey: 'x' })).length, 1);
  t.is((await lines(repository('commit', { git: '/srv/demo' }))).length, 1);
});
