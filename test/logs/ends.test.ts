import test, { type ExecutionContext } from 'ava';
import type { ContainerEnd } from '../../src/core/logs.ts';
import { describeEnd } from '../../src/logs/exit.ts';
import { readerNamed } from '../../src/logs/readers.ts';

function means(t: ExecutionContext, end: Omit<ContainerEnd, 'container'>, kind: string, what: RegExp): void {
  const found = describeEnd({ container: 'x', ...end });
  t.is(found?.kind, kind);
  t.regex(found?.what ?? '', what);
  t.true((found?.next.length ?? 0) > 10);
}

test('out of memory', means, { exitCode: 137, reason: 'OOMKilled' }, 'oom', /ran out of memory/);
test('its time is over', means, { exitCode: 143, reason: 'DeadlineExceeded' }, 'deadline', /exceeded its time limit/);
test(
  'evicted for disk space',
  means,
  { reason: 'Evicted', message: 'Pod ephemeral local storage usage exceeds the total limit of containers 1Gi.' },
  'interrupted',
  /disk space.*exceeds/,
);
test(
  'evicted for memory',
  means,
  { reason: 'Evicted', message: 'The node was low on resource: memory.' },
  'interrupted',
  /short of memory/,
);
test('preempted', means, { reason: 'PreemptionByScheduler' }, 'interrupted', /from outside/);
test(
  'not started',
  means,
  { exitCode: 128, reason: 'StartError', message: 'exec: "maek": executable file not found in $PATH' },
  'start',
  /could not be started \(exec: "maek"/,
);
test('not executable', means, { exitCode: 126 }, 'exit', /126: its command was found/);
test('not found', means, { exitCode: 127, reason: 'Error' }, 'exit', /127: a command was not found/);
test('interrupted', means, { exitCode: 130 }, 'killed', /SIGINT/);
test('killed', means, { exitCode: 137, reason: 'Error' }, 'killed', /was killed \(SIGKILL, exit code 137\)/);
test('a crash', means, { exitCode: 139 }, 'crash', /does not belong to it \(SIGSEGV/);
test('a broken pipe', means, { exitCode: 141 }, 'crash', /SIGPIPE/);
test('told to stop', means, { exitCode: 143 }, 'killed', /SIGTERM/);
test('a signal without an exit code', means, { signal: 6 }, 'crash', /SIGABRT/);
test('a signal without a name', means, { exitCode: 159 }, 'crash', /signal 31/);
test('any other code', means, { exitCode: 3, reason: 'Error' }, 'exit', /^exited with 3$/);

test('a good end is not described', (t) => {
  t.is(describeEnd({ container: 'x', exitCode: 0, reason: 'Completed' }), undefined);
  t.is(describeEnd({ container: 'x' }), undefined);
});

function clones(t: ExecutionContext, lines: readonly string[], title: RegExp): void {
  const reader = readerNamed('git');
  for (const line of lines) reader.line(line);
  const cause = reader.cause({ container: 'clone', exitCode: 128, reason: 'Error' });
  t.is(cause.kind, 'clone');
  t.regex(cause.title, title);
  t.deepEqual(cause.excerpt, lines);
}

const again = 'trying again in 2 s';
test(
  'a repository that wants credentials',
  clones,
  ["fatal: could not read Username for 'https://github.com': terminal prompts disabled", again],
  /: github\.com requires credentials, and there are none$/,
);
test(
  'credentials that are refused',
  clones,
  ["fatal: Authentication failed for 'https://github.com/a/b.git/'"],
  /github\.com requires credentials: the ones that were given were refused/,
);
test(
  'a commit that is gone',
  clones,
  ['fatal: remote error: upload-pack: not our ref 3f2a1bc9d8e7f6a5b4c3d2e1f0a9b8c7d6e5f4a3'],
  /no longer has the commit 3f2a1bc9d8e7/,
);
test(
  'a host without a name',
  clones,
  ["fatal: unable to access 'http://gut:3000/a/': Could not resolve host: gut"],
  /The name gut cannot be resolved/,
);
test(
  'a host that does not answer',
  clones,
  ["fatal: unable to access 'http://git:3000/': Failed to connect to git port 3000 after 2 ms: Couldn't connect to server"],
  /git:3000 does not respond/,
);
test(
  'a repository that is not there',
  clones,
  ["fatal: repository 'https://github.com/a/nope/' not found"],
  /no repository at https:\/\/github\.com\/a\/nope/,
);
test('a path that is no repository', clones, ["fatal: '/srv/x' does not appear to be a git repository"], /no repository at \/srv\/x/);
test('a key that is refused', clones, ['git@github.com: Permission denied (publickey).'], /SSH server refused/);
test(
  'a certificate',
  clones,
  ["fatal: unable to access 'https://g/': SSL certificate problem: self-signed certificate"],
  /not trusted: self-signed certificate/,
);
test(
  'a certificate that is over',
  clones,
  ["fatal: unable to access 'https://g/': SSL certificate problem: certificate has expired"],
  /not valid: certificate has expired/,
);
test(
  'plain http behind https',
  clones,
  ["fatal: unable to access 'https://g:80/': error:0A00010B:SSL routines::wrong version number"],
  /does not speak TLS/,
);
test(
  'the last try, not the first one',
  clones,
  [
    "fatal: unable to access 'http://gut:3000/a/': Could not resolve host: gut",
    again,
    'fatal: remote error: upload-pack: not our ref',
    again,
  ],
  /no longer has the commit,/,
);
test(
  'a branch that was pushed with force',
  clones,
  [`commit ${'3f2a1bc9d8'.repeat(4)} is not on branch main of https://g/a.git any more`],
  /: Commit 3f2a1bc9d83f is not on branch main any more$/,
);
test('a server in trouble', clones, ["fatal: unable to access 'https://g/': The requested URL returned error: 503"], /answered 503/);
test('a scheme that is not allowed', clones, ["fatal: transport 'ext' not allowed"], /Cloning over ext is not allowed/);
test('a full workspace', clones, ['error: file write error: No space left on device'], /workspace is full/);

test('a clone that fails otherwise shows what git said', (t) => {
  const reader = readerNamed('git');
  reader.line('fatal: something new');
  t.like(reader.cause({ container: 'clone', exitCode: 128 }), { kind: 'clone', excerpt: ['fatal: something new'] });
});
