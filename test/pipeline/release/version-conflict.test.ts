import test from 'ava';
import type { VersionSource } from '../../../src/core/config.ts';
import { bumpFirst } from '../../../src/pipeline/release/bump-first.ts';
import { conflictOnGithub } from '../../../src/pipeline/release/version-conflict.ts';
import { aGithub, aRepository, passedRun } from '../releasing.ts';

const readme: VersionSource = { from: 'readme', path: 'README.md', prefix: 'v', write: 'commit' };
const offered = (version: string, branch = 'main') =>
  passedRun(1, { branch, version, release: { version, tag: `v${version}`, requiredVotes: 1, votes: [] } });

const rows: readonly (readonly [what: string, source: VersionSource, run: ReturnType<typeof offered>, sees: string])[] = [
  ['that the bot may write', readme, offered('1.2.3', 'hotfix'), 'Bump the version (`version app patch hotfix`), then `run app hotfix`.'],
  [
    'that the bot may propose',
    { ...readme, write: 'pull-request' },
    offered('1.2.3'),
    'Bump the version (`version app patch main`), merge that, then `run app main`.',
  ],
  [
    'that only people write',
    { ...readme, write: 'none' },
    offered('1.2.3', 'hotfix'),
    'Bump the version in `README.md` with a commit to `hotfix`; the run of that commit can be released.',
  ],
  [
    'that tags say',
    { from: 'tags', prefix: 'v', write: 'none' },
    offered('1.2.3', 'hotfix'),
    'Push a tag such as `v1.2.4` at this commit, then `run app hotfix`.',
  ],
  [
    'that a tag of a pre-release says',
    { from: 'tags', prefix: 'v', write: 'none' },
    offered('1.3.0-rc.2'),
    'Push a tag such as `v1.3.0` at this commit, then `run app main`.',
  ],
];

for (const [what, version, run, sees] of rows) {
  test(`where a version is taken, the next step fits one ${what}`, (t) => {
    t.is(bumpFirst(run, { ...aRepository(), version }), sees);
  });
}

test('a tag at another commit is to be removed only where it is there by mistake', async (t) => {
  const { github } = aGithub({ tagSha: async () => 'f'.repeat(40) });
  t.deepEqual(await conflictOnGithub(github, offered('1.2.3'), { ...aRepository(), version: readme }), {
    taken:
      'The tag v1.2.3 is at another commit (fffffff, not 1111111). Bump the version (`version app patch main`), then `run app main`. ' +
      'Or remove that tag, if it was created by mistake.',
  });
});
