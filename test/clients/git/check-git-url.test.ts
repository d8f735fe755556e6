import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { checkGitUrl } from '../../../src/clients/git/check-git-url.ts';
import { UserError } from '../../../src/core/errors.ts';

const root = mkdtempSync(join(tmpdir(), 'coxswain-url-'));
const outside = mkdtempSync(join(tmpdir(), 'coxswain-out-'));
for (const folder of ['roots/a.git', 'roots-not/b.git']) mkdirSync(join(root, folder), { recursive: true });
symlinkSync(join(root, 'roots', 'a.git'), join(root, 'roots', 'inside'));
symlinkSync(outside, join(root, 'roots', 'leaves'));
test.after.always(() => {
  for (const folder of [root, outside]) rmSync(folder, { recursive: true });
});
const rules = { httpHosts: ['git.lab', 'other:8080', '[::1]:3000'], localRoots: [join(root, 'roots')], botEmail: 'bot@example.com' };

const accepted = test.macro((t, url: string) => t.notThrows(() => checkGitUrl(url, rules)));
const refused = test.macro((t, url: string, why: RegExp) => {
  const error = t.throws(() => checkGitUrl(url, rules), { instanceOf: UserError, message: why });
  t.regex(error.message, /Accepted are https:|cannot be read/);
});

test('https', accepted, 'https://github.com/leaf-ai/studio-go-runner.git');
test('https at a port', accepted, 'https://git.example.com:8443/x');
test('http to an allowed host', accepted, 'http://git.lab/x.git');
test('http to an allowed host at another port', accepted, 'http://git.lab:3000/x.git');
test('http to an allowed host and port', accepted, 'http://other:8080/x.git');
test('http to an allowed IPv6 address', accepted, 'http://[::1]:3000/x.git');
test('http to an allowed IPv6 address that is written otherwise', accepted, 'http://[0:0::1]:3000/x.git');
test('ssh to an IPv6 address', accepted, 'ssh://git@[::1]:2222/x.git');
test('ssh in short to an IPv6 address', accepted, 'git@[::1]:x.git');
test('ssh to a host with an underscore', accepted, 'ssh://git@my_git/x.git');
test('ssh in short to a host with an underscore', accepted, 'git@my_git.lab:x.git');
test('a folder below a root', accepted, join(root, 'roots/a.git'));
test('the root itself', accepted, join(root, 'roots'));
test('a link inside the roots', accepted, join(root, 'roots/inside'));
test('file: below a root', accepted, `file://${join(root, 'roots/a.git')}`);

test('http to another host', refused, 'http://github.com/x.git', /plain http to github.com is not allowed/);
test('http to another port', refused, 'http://other/x.git', /plain http to other is not allowed/);
test('an http host that ends alike', refused, 'http://evilgit.lab/x', /not allowed/);
test('a user that looks like an allowed host', refused, 'http://git.lab@evil.com/x', /contains a user or a password/);
test('ssh', accepted, 'ssh://git@github.com:2222/leaf-ai/x.git');
test('ssh in short', accepted, 'git@github.com:leaf-ai/x.git');
test('ssh without a user', refused, 'ssh://github.com/x.git', /has no user name/);
test('ssh with a password', refused, 'ssh://git:s3cret@github.com/x.git', /contains a password/);
test('ssh with an option for a host', refused, 'ssh://-oProxyCommand=touch%20x/y', /is refused/);
test('ssh with an option for a host and a user', refused, 'ssh://git@-oProxyCommand=x/y', /is refused/);
test('ssh with an option for a user', refused, '-oProxyCommand=x@host:y', /starts with a dash/);
test('ssh in short with an option for a path', refused, 'git@host:-x', /not an address that git can read/);
test('ssh with words for the shell of the other side', refused, "git@host:x'; touch y; '", /its path is not a valid/);
test('git:', refused, 'git://github.com/x.git', /git: is not supported/);
test('ftp:', refused, 'ftp://example.com/x.git', /ftp: is not supported/);
test('ext::', refused, 'ext::sh -c "touch /tmp/x"', /can run any program/);
test('any other remote helper', refused, 'fd::17', /can run any program/);
test('an option', refused, '--upload-pack=touch /tmp/x', /starts with a dash/);
test('a line break', refused, 'https://x/y\n.git', /control characters/);
test('an escape', refused, 'https://x/\u001b[31my', /control characters/);
test('nothing', refused, '', /empty/);
test('a relative path', refused, '../x', /neither a URL nor an absolute path/);
test('a query', refused, 'https://x/y?z', /query or a fragment/);
test('a folder outside the roots', refused, outside, /is not inside one of the folders/);
test('a folder whose name begins like a root', refused, join(root, 'roots-not/b.git'), /is not inside/);
test('file: outside the roots', refused, `file://${outside}`, /is not inside/);
test('file: of another host', refused, 'file://host/x', /without a host/);
test(
  'a way out by ..',
  refused,
  join(root, 'roots/a.git/../../roots-not/b.git').replace('roots-not', 'roots/../roots-not'),
  /is not inside/,
);
test('a link that leaves the roots', refused, join(root, 'roots/leaves'), /coxswain-out-.* is not inside/);
test('a folder that is not there', refused, join(root, 'roots/none'), /cannot be read: ENOENT/);

test('a password in an address is not repeated', (t) => {
  const error = t.throws(() => checkGitUrl('https://ada:s3cret@github.com/x', rules), { message: /configure them under git\.logins/ });
  t.false(error.message.includes('s3cret'));
});
