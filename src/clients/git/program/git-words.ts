import { UserError } from '../../../core/errors.ts';
import { plainLine } from '../../../core/text/plain-line.ts';
import { inQuotes } from '../../../core/text/quoted.ts';
import { HalfAnswer } from '../../http/half-answer.ts';
import { HttpError } from '../../http/http-error.ts';
import { proxyRefusal } from '../../http/proxy-error.ts';
import type { GitError } from './git-cli.ts';

/** Where git was run for. */
export interface Reached {
  /** The host, or the folder of a local repository. */
  readonly where: string;
  /** The repository there. */
  readonly about: string;
  /** The URL of the proxy; its login is not shown. */
  readonly proxy?: string;
  /** What to do about the login. */
  readonly login: string;
}

/** What git, libcurl and ssh print, and the sentence for it; the first that matches. */
const known: readonly (readonly [RegExp, (at: Reached, words: string) => Error])[] = [
  [
    /not our ref|unadvertised object|couldn't find remote ref|bad object|did not send all necessary objects|unknown revision/i,
    ({ where, about }, words) =>
      new UserError(
        `${where} lists a commit of ${about} that it does not give out (git: ${words}). It was removed in the meantime, or the repository there is damaged: push the branch again, or run \`git fsck\` on the server.`,
      ),
  ],
  [
    // A connection that is cut is described with SSL or TLS in it too.
    /certificate|verif|issuer|self.signed|unable to get local|wrong version number|unsupported (?:protocol|version)|alert protocol version|handshake failure/i,
    ({ where }, words) =>
      new UserError(
        `git does not trust the TLS certificate of ${where}, or cannot speak TLS with it (git: ${words}): add the certificate of its authority with NODE_EXTRA_CA_CERTS, or with GIT_SSL_CAINFO if that is set.`,
      ),
  ],
  [
    /Authentication failed|could not read (Username|Password)|returned error: (401|403)/i,
    ({ where, about, login }, words) => new UserError(`${where} does not let the bot read ${about} (git: ${words}): ${login}.`),
  ],
  [
    /returned error: (404|410)|[Rr]epository (?:'[^'\n]*' )?not found|does not appear to be a git repository|not a git repository/,
    ({ where, about, login }, words) =>
      new UserError(
        `${where} has no repository ${about}, or the bot cannot see it (git: ${words}): check the address with \`git clone\`, or ${login}.`,
      ),
  ],
  [
    /Could not resolve host|Failed to connect|Couldn't connect|Connection (refused|timed out)|No route to host|Network is unreachable|Name or service not known/i,
    ({ where }, words) =>
      new HttpError(`${where} cannot be reached by git (git: ${words}): check the address and the network`, { retry: true }),
  ],
  [
    /(?:returned error:|HTTP) 5\d\d\b/,
    ({ where, about }, words) => new HttpError(`${where} fails for ${about} (git: ${words})`, { retry: true }),
  ],
  [
    /hung up|early EOF|RPC failed|unexpected disconnect|expected (flush|packfile)|index-pack|unpack-objects|Connection (reset|closed)|protocol error|bad (line length|pack)|transfer closed|recv error|pull function|non-properly terminated|unexpected eof|SSL_ERROR_SYSCALL/i,
    ({ where, about }, words) => new HalfAnswer(where, about, `git: ${words}`),
  ],
];

/** Whether a server may have failed because it was asked to leave objects out, which some cannot and do not say. */
export function mayBeOfFilter({ stderr, killed }: GitError): boolean {
  return !killed && /filter|(?:returned error:|HTTP) (?:400|5\d\d)\b|hung up|unexpected disconnect/i.test(stderr);
}

/** Whether the server has refused git because of its limits; git does not report how long it asks to wait. */
export function isLimited({ stderr, killed }: GitError): boolean {
  return !killed && /(?:returned error:|HTTP) 429\b/.test(withoutNames(stderr));
}

const ofSsh =
  /Permission denied|Too many authentication failures|Host key verification failed|\bssh: (?:command )?not found|cannot run ssh/;

/** The error of the git program in a sentence that says what a person can do; git's words stand in it, cut. */
export function inOurWords(error: GitError, at: Reached): Error {
  if (error.isTooMuch) return tooMuch(error, at);
  // What we ended ourselves, what could not be started, and what ssh refuses is in our words already.
  if (error.killed || error.stderr === '' || ofSsh.test(error.stderr)) return error;
  const words = inQuotes(spokenBy(error.stderr), 100);
  const told = withoutNames(error.stderr);
  const atProxy = at.proxy === undefined ? undefined : faultOfProxy(at.proxy, at.where, told, words);
  if (atProxy) {
    atProxy.cause = error;
    return atProxy;
  }
  const [, sentence] = known.find(([pattern]) => pattern.test(told)) ?? [];
  const said = sentence?.(at, words) ?? new HttpError(`git failed for ${at.about} on ${at.where}: ${words}`, { retry: true });
  said.cause = error;
  return said;
}

/** libcurl's words about the proxy. With one, git makes no other connection, so a failed one is the proxy's, too. */
function faultOfProxy(proxy: string, where: string, stderr: string, words: string): HttpError | undefined {
  const [, status] =
    /HTTP code (\d{3}) from proxy|tunnel failed, response (\d{3})|returned error: (407)/.exec(stderr)?.filter(Boolean) ?? [];
  if (status !== undefined) return proxyRefusal(proxy, where, Number(status));
  if (!/proxy|Could not resolve host|Failed to connect|Couldn't connect|Connection (?:refused|timed out)/i.test(stderr)) return undefined;
  const { origin } = new URL(proxy);
  const variables = 'check HTTPS_PROXY, HTTP_PROXY and NO_PROXY';
  const sentence = /CONNECT/.test(stderr)
    ? `The proxy ${origin} does not let git through to ${where} (git: ${words}): ${variables}, and the proxy's login and rules`
    : `The proxy ${origin} cannot be reached by git, on the way to ${where} (git: ${words}): ${variables}, and whether the proxy runs`;
  return new HttpError(sentence, { retry: true });
}

/** Without addresses, the names of branches and the server's own words, in which anything may stand. */
export function withoutNames(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => !/^(?:remote:|To | ! \[)/.test(line));
  return lines.join('\n').replace(/'[^'\n]*'/g, "''");
}

function tooMuch(error: GitError, { where, about }: Reached): UserError {
  const why = 'it sends all files of a commit, because it cannot leave any out';
  const remedy = 'set uploadpack.allowFilter to true there';
  return new UserError(`${where} sends too much for ${about}: ${why}, or the files are too large. Where it is yours, ${remedy}.`, {
    cause: error,
  });
}

/** The line that names the cause, without what git prints after it. */
function spokenBy(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => /^(fatal|error|remote|ssh):|^Load key|^Connection/.test(line));
  const telling = lines.filter((line) => !/Could not read from remote repository|^fatal: the remote end hung up/.test(line));
  const [line = stderr] = telling.length > 0 ? telling : lines;
  return plainLine(line.replace(/^(fatal|error|remote): /, ''), 200);
}
