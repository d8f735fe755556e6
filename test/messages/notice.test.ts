import test from 'ava';
import { noticeMessage } from '../../src/messages/notice.ts';
import { readable, refusals } from './block-limits.ts';

const notice = { uid: 'n', repository: 'tools', channel: '#ci', at: '2026-01-01T00:00:00Z', limit: 20, state: 'owed' } as const;

test('a channel hears how many branches got no run, which they are, and how one is started', (t) => {
  t.is(
    noticeMessage({ ...notice, count: 9_980, branches: ['feature/a', 'feature/b'] }).text,
    [
      '*tools*: 9980 branches have new commits without a run, because one poll starts at most 20 new runs per repository (`limits.newRuns`):',
      '• `feature/a`',
      '• `feature/b`',
      '… and 9978 more branches',
      '`/cox run tools &lt;branch&gt;` starts a run for one of them; so does its next commit.',
    ].join('\n'),
  );
});

const polls = {
  uid: 'n',
  repository: 'tools',
  channel: '#ci',
  at: '2026-01-01T00:10:00Z',
  since: '2026-01-01T00:00:00Z',
  state: 'owed',
} as const;

test('a channel hears since when and why a repository cannot be polled, and when it can be again', (t) => {
  const failing = noticeMessage({ ...polls, problem: 'The server <b> refuses the login: check GIT_USERNAME.' });
  t.regex(
    failing.text,
    /^⚠ \*tools\* cannot be polled since .+, so new commits start no runs: The server &lt;b&gt; refuses the login: check GIT_USERNAME\./,
  );
  t.regex(
    noticeMessage(polls).text,
    /^\*tools\* is polled again \(it could not be since .+\)\. What was pushed meanwhile starts its runs now\.$/,
  );
});

test('names of branches that strangers chose ring nobody and break no limit', (t) => {
  const branches = Array.from({ length: 10 }, () => `<!channel>&\`${'&<>'.repeat(80)}`);
  const message = noticeMessage({ ...notice, count: 10, branches });
  t.deepEqual(refusals(message), []);
  t.notRegex(readable(message), /<!channel>/);
});
