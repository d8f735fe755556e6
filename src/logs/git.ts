import type { Cause, ContainerEnd, Reader } from '../core/logs.ts';
import { cut } from '../core/text/cut.ts';
import { clean } from './clean.ts';
import { excerptOf, Tail } from './excerpt.ts';
import { describeEnd } from './exit.ts';
import { plainCause } from './plain.ts';
import { SalientLines } from './salient-lines.ts';

/** Error messages of git (2.x) and ssh, with what they mean for the user. The first match counts. */
const known: readonly (readonly [RegExp, (found: RegExpExecArray) => { title: string; next: string }])[] = [
  [
    /could not read Username for '([^']+)'|Authentication failed for '([^']+)'/,
    ([, asked, refused]) => ({
      title: `${hostOf(asked ?? refused)} requires credentials${asked ? ', and there are none' : ': the ones that were given were refused'}`,
      next: 'Set the git user and token of coxswain (with read access to this repository), then retry.',
    }),
  ],
  [
    /Permission denied \(publickey|Host key verification failed/,
    () => ({
      title: 'The SSH server refused the connection',
      next: 'Check the deploy key and the known hosts, or let pods clone over https.',
    }),
  ],
  [
    /^commit ([0-9a-f]{7,64}) is not on branch (\S+) of \S+ any more/,
    ([, sha = '', branch = '']) => ({
      title: `Commit ${sha.slice(0, 12)} is not on branch ${branch} any more`,
      next: `The branch was probably force-pushed or deleted: start a run of its current commit.`,
    }),
  ],
  [
    /not our ref(?: ([0-9a-f]{7,64}))?|unadvertised object/,
    ([, sha]) => ({
      title: `The server no longer has the commit${sha ? ` ${sha.slice(0, 12)}` : ''}, or does not serve commits by their id`,
      next: 'The branch was probably force-pushed: start a run of its current commit.',
    }),
  ],
  [
    /repository '([^']+)' not found|remote: Repository not found/,
    ([, url]) => ({
      title: `There is no repository ${url ? `at ${url}` : 'of this name'}, or these credentials may not see it`,
      next: 'Check the URL, and whether the token may read it.',
    }),
  ],
  [
    /'([^']+)' does not appear to be a git repository|Could not read from remote repository/,
    ([, url]) => ({
      title: `There is no repository ${url ? `at ${url}` : 'that can be read'}`,
      next: "Check the repository's clone address: pods must be able to reach it, even if the bot reads a local path.",
    }),
  ],
  [
    /Could not resolve host(?:name)?:? ([^\s:]+)/,
    ([, host]) => ({
      title: `The name ${host} cannot be resolved by pods`,
      next: 'Check the clone address, and the DNS of the cluster.',
    }),
  ],
  [
    /Failed to connect to (\S+) port (\d+)|connect to host (\S+) port (\d+)|unable to connect to (\S+?):/,
    ([, host, port, ssh, sshPort, other]) => ({
      title: `${host ?? ssh ?? other}${(port ?? sshPort) ? `:${port ?? sshPort}` : ''} does not respond to pods`,
      next: 'Check that the server is running and that pods can reach it (network policy, proxy), then retry.',
    }),
  ],
  [
    /certificate has expired|no alternative certificate subject name|does not match target host name/,
    ([what]) => ({
      title: `The certificate of the git server is not valid: ${what}`,
      next: 'Let the server have a certificate that is valid for the name in the clone address.',
    }),
  ],
  [
    /SSL certificate problem: (.+)|server certificate verification failed/,
    ([, what]) => ({
      title: `The certificate of the git server is not trusted${what ? `: ${what}` : ''}`,
      next: 'Add its certificate authority to NODE_EXTRA_CA_CERTS of coxswain, which gives it to pods that clone; then retry.',
    }),
  ],
  [
    /wrong version number|packet length was received|SSL_ERROR_SYSCALL/,
    () => ({ title: 'The git server does not speak TLS', next: 'Check scheme and port of the clone address.' }),
  ],
  [
    /The requested URL returned error: (\d+)/,
    ([, status]) => ({
      title: `The git server answered ${status}`,
      next: Number(status) >= 500 ? 'Retry when it is working again.' : 'Check the URL and the credentials.',
    }),
  ],
  [
    /transport '([^']+)' not allowed/,
    ([, scheme]) => ({ title: `Cloning over ${scheme} is not allowed`, next: 'Use https, http or ssh as the clone address.' }),
  ],
  [
    /early EOF|RPC failed|unexpected disconnect|hung up unexpectedly|Connection reset/,
    () => ({
      title: 'The connection was lost in the middle of the clone',
      next: 'Retry; if it happens again, check the network between the cluster and the git server.',
    }),
  ],
  [/No space left on device/, () => ({ title: "The run's workspace is full", next: 'Increase `workspace` in the configuration.' })],
];

/** Of several tries, the last one that git complained in counts. */
const anew = /^trying again in \d+ s$/;

/** Reads the log of the init container that clones the commit. */
export function gitReader(): Reader {
  const lines = new SalientLines();
  const last = new Tail<string>(15);
  let complaint: { title: string; next: string } | undefined;
  let isOld = false;
  return {
    line(text) {
      lines.add(text);
      const line = clean(text);
      if (line.trim() !== '') last.add(line);
      if (anew.test(line)) isOld = true;
      const found = complaint && !isOld ? undefined : meaning(line);
      if (found) [complaint, isOld] = [found, false];
    },
    progress: () => ({}),
    shown: (text) => [text],
    cause: (end) => cloneCause(end, complaint, last.items(), lines),
  };
}

function meaning(line: string): { title: string; next: string } | undefined {
  for (const [pattern, say] of known) {
    const found = pattern.exec(line);
    if (found) return say(found);
  }
  return undefined;
}

function cloneCause(end: ContainerEnd, complaint: ReturnType<typeof meaning>, last: readonly string[], lines: SalientLines): Cause {
  if (!complaint || describeEnd(end)?.outside) {
    const cause = plainCause(end, lines);
    return { ...cause, kind: cause.kind === 'exit' ? 'clone' : cause.kind, title: `Cloning the commit failed: ${cause.title}` };
  }
  return {
    kind: 'clone',
    title: `Cloning the commit failed: ${cut(complaint.title, 250)}`,
    excerpt: excerptOf(last),
    next: complaint.next,
  };
}

function hostOf(url: string | undefined): string {
  return url && URL.canParse(url) ? new URL(url).host : (url ?? 'The server');
}
