import test from 'ava';
import { GitError } from '../../../../src/clients/git/program/git-cli.ts';
import { inOurWords } from '../../../../src/clients/git/program/git-words.ts';
import { HalfAnswer } from '../../../../src/clients/http/half-answer.ts';
import { HttpError } from '../../../../src/clients/http/http-error.ts';
import { UserError } from '../../../../src/core/errors.ts';

const at = { where: 'git.example.com', about: '/team/proxy-tls', login: 'check GIT_A_USERNAME' };
const url = "'https://git.example.com/team/proxy-tls.git/'";

const said = test.macro((t, stderr: string, kind: typeof UserError | typeof HttpError | typeof HalfAnswer, message: RegExp) => {
  const error = inOurWords(new GitError(`git fetch says: ${stderr}`, `${stderr}\n`), at);
  t.true(error instanceof kind, error.name);
  t.regex(error.message, message);
  t.notRegex(error.message, /fatal:/);
});

test(
  'a commit that is gone',
  said,
  `fatal: bad object ${'b'.repeat(40)}`,
  UserError,
  /lists a commit of \/team\/proxy-tls that it does not give out .*push the branch again/,
);
test(
  'a name without an address',
  said,
  `fatal: unable to access ${url}: Could not resolve host: git.example.com`,
  HttpError,
  /cannot be reached by git/,
);
for (const words of [
  'server certificate verification failed. CAfile: none CRLfile: none',
  'SSL certificate problem: unable to get local issuer certificate',
  'gnutls_handshake() failed: Handshake failed: error:0A00010B:SSL routines::wrong version number',
])
  test(
    `a TLS connection that cannot be made: ${words}`,
    said,
    `fatal: unable to access ${url}: ${words}`,
    UserError,
    /does not trust .* or cannot speak TLS/,
  );
for (const words of [
  'gnutls_handshake() failed: Error in the pull function.',
  'GnuTLS recv error (-110): The TLS connection was non-properly terminated.',
  'GnuTLS recv error (-54): Error in the pull function.',
  'OpenSSL SSL_connect: Connection reset by peer in connection to git.example.com:443',
  'OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection to git.example.com:443',
  'OpenSSL SSL_read: error:0A000126:SSL routines::unexpected eof while reading, errno 0',
])
  test(
    `a TLS connection that is cut says nothing of the certificate: ${words}`,
    said,
    `fatal: unable to access ${url}: ${words}`,
    HalfAnswer,
    /half an answer about/,
  );
test(
  'a TLS connection that is slow is tried again',
  said,
  `fatal: unable to access ${url}: SSL connection timeout`,
  HttpError,
  /^git failed for /,
);
test(
  'a wrong login',
  said,
  `remote: TLS proxy says no\nfatal: Authentication failed for ${url}`,
  UserError,
  /does not let the bot read .*check GIT_A_USERNAME\.$/,
);
test(
  'no repository',
  said,
  `remote: Repository not found.\nfatal: repository ${url} not found`,
  UserError,
  /has no repository \/team\/proxy-tls/,
);
test(
  'a server that fails',
  said,
  `fatal: unable to access ${url}: The requested URL returned error: 502`,
  HttpError,
  /fails for \/team\/proxy-tls/,
);
test(
  'a connection that breaks',
  said,
  'fatal: early EOF\nfatal: fetch-pack: invalid index-pack output',
  HalfAnswer,
  /half an answer about/,
);
test(
  'what nobody foresaw',
  said,
  'fatal: the moon is full',
  HttpError,
  /^git failed for \/team\/proxy-tls on git\.example\.com: "the moon is full"/,
);

test("a server's long words are cut, and what to do is not", (t) => {
  const error = inOurWords(new GitError('x', `fatal: Authentication failed ${'x'.repeat(5_000)}\n`), at);
  t.true(error.message.length < 300, error.message);
  t.regex(error.message, /check GIT_A_USERNAME\.$/);
});

test("a fault of the proxy is the proxy's, and a repository that is named after one is not", (t) => {
  const words = (told: string) =>
    inOurWords(new GitError('x', `fatal: unable to access ${url}: ${told}\n`), { ...at, proxy: 'http://ada:secret@proxy.lab:3128' })
      .message;
  t.regex(words('Could not resolve proxy: proxy.lab'), /^The proxy http:\/\/proxy\.lab:3128 cannot be reached by git/);
  t.regex(words('SSL certificate problem: self-signed certificate'), /^git does not trust the TLS certificate of git\.example\.com/);
});
