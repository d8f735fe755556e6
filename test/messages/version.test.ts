import test from 'ava';
import type { VersionReport } from '../../src/core/version/version-report.ts';
import { replyMessage } from '../../src/messages/reply.ts';
import { runMessage } from '../../src/messages/run.ts';
import { readable, refusals } from './block-limits.ts';
import { aRun, view } from './runs.ts';

const sha = '3f2a1bc9d0e1f2a3b4c5d6e7f8091a2b3c4d5e6f';
const stamped = '0.9.14-feature-batches-aaaagjhioon';
const plain: VersionReport = { repository: 'studio-go-runner', branch: 'main', sha, path: 'README.md', version: '0.9.14' };
const { path: _, ...tagged } = plain;
const patch = { kind: 'patch', version: '0.9.15' } as const;

const reports: Readonly<Record<string, VersionReport>> = {
  'a version': plain,
  'a stamped version': { ...plain, version: stamped },
  'a version by tags': tagged,
  'a bump that is not written': { ...plain, bump: patch },
  'a bump that is a commit': {
    ...plain,
    bump: { ...patch, written: { kind: 'commit', sha: 'b'.repeat(40), url: 'https://github.com/a/b/commit/b' } },
  },
  'a bump that is a commit without a page': {
    ...plain,
    version: stamped,
    bump: { ...patch, written: { kind: 'commit', sha: 'b'.repeat(40) } },
  },
  'a bump that is proposed': {
    ...plain,
    bump: { kind: 'pre', version: stamped, written: { kind: 'pull-request', number: 7, url: 'https://github.com/a/b/pull/7' } },
  },
};

for (const [name, report] of Object.entries(reports)) {
  test(`${name} reads like this`, (t) => {
    const message = replyMessage({ kind: 'version', report }, () => view);
    t.snapshot(readable(message));
    t.deepEqual(refusals(message), []);
  });
}

test('names of others mention nobody', (t) => {
  const message = replyMessage(
    { kind: 'version', report: { ...plain, branch: '<!channel>', path: '<@U1>', version: '<!here>' } },
    () => view,
  );
  t.notRegex(readable(message), /<[!@]/);
});

test('a run says its version, small; and why it has none, where one is configured', (t) => {
  t.regex(readable(runMessage(aRun({ version: stamped }), view)), new RegExp(`started by the commit · version ${stamped}`));
  const problem = 'Its version is unknown. There is no `<repo-version>` tag in README.md on main: write it.';
  t.regex(
    readable(runMessage(aRun({ versionProblem: problem }), view)),
    /⚠ Its version is unknown\. There is no `&lt;repo-version&gt;` tag/,
  );
  t.notRegex(readable(runMessage(aRun(), view)), /version/i);
});
