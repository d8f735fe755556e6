import type { Cause } from '../core/logs.ts';

/** The parts of a matching failure; undefined if it does not match. */
type Find = (failure: string) => readonly (string | undefined)[] | undefined;
type Known = readonly [find: Find | RegExp, cause: (found: readonly (string | undefined)[]) => Omit<Cause, 'excerpt'>];

/** Matches a pattern that is followed somewhere by these words; a single regular expression would take quadratic time. */
const before =
  (pattern: RegExp, words: string): Find =>
  (failure) => {
    const found = pattern.exec(failure);
    return found && failure.indexOf(words, found.index + found[0].length) >= 0 ? found : undefined;
  };

/** The missing files, in the order in which they are named. */
function missingFiles(failure: string): string[] {
  return [...failure.matchAll(/(?:lstat|open|stat) (\S+): no such file/g)].map(([, file = '']) => file);
}

/** `"https://r.example/v2/": dial tcp: lookup r.example: no such host` → the host, if it is named, and the error. */
const unreachable: Find = (failure) => {
  const calls = /dial tcp|\blookup\b/.exec(failure);
  const what = calls && /no such host|connection refused|i\/o timeout|server misbehaving|no route to host|network is unreachable/;
  const found = what?.exec(failure.slice(calls?.index));
  if (!calls || !found) return undefined;
  const url = failure.slice(0, calls.index).split('"').at(-2) ?? '';
  return ['', failure.slice(0, calls.index).endsWith('": ') ? /^https?:\/\/([^/"]+)/.exec(url)?.[1] : undefined, found[0]];
};

const known: readonly Known[] = [
  [
    before(/pull image (\S+@sha256:\w+): /, 'manifest not found'),
    ([, image]) => ({
      kind: 'base-image',
      title: `The registry has no image ${image} that Makisu can read`,
      next: 'Makisu reads single Docker schema 2 images only: an OCI image or an index is released with `template: release-copy`. If it was removed, run the commit again, which builds and tests it; otherwise correct the digest in FROM.',
    }),
  ],
  [
    before(/pull image (\S+): /, 'manifest not found'),
    ([, image]) => ({
      kind: 'base-image',
      title: `The base image ${image} is not in the registry`,
      next: 'Push that image to the registry first, or correct the name and tag in FROM.',
    }),
  ],
  [
    /unsupported manifest mediatype: (\S+)/,
    ([, type = '']) => ({
      kind: 'base-image',
      title: `The base image has a manifest of a kind that Makisu cannot read (${type.replace(/[,;]$/, '')})`,
      next: /docker\.distribution\.manifest\.v1\+/.test(type)
        ? 'It is an old schema 1 image: push it again with a current docker or crane.'
        : 'It is an image index for several platforms, or an OCI image: push a single-platform Docker schema 2 image to the registry and use that in FROM.',
    }),
  ],
  [
    /MANIFEST_INVALID|manifest schema version not supported/,
    () => ({
      kind: 'push',
      title: 'The registry refused the image: it does not accept schema 2 manifests',
      next: 'Push to a registry that supports Docker schema 2.',
    }),
  ],
  [
    /BLOB_UPLOAD_(?:INVALID|UNKNOWN)/,
    () => ({
      kind: 'push',
      title: 'The registry refused a layer that was sent in chunks',
      next: 'Set push_chunk: -1 for this registry in the Makisu registry configuration.',
    }),
  ],
  [
    /unsupported protocol scheme ""/,
    () => ({
      kind: 'push',
      title: 'Makisu cannot push to this registry: it answers with relative Locations',
      next: 'Set `push: copy` in the stage: then skopeo pushes what Makisu has built.',
    }),
  ],
  [
    /\b(GET|HEAD|POST|PUT|PATCH) (https?:\/\/[^\s/]+)(?:\/\S*)? (401|403)\b/,
    ([, , host, status]) => ({
      kind: 'registry-auth',
      title: `The registry ${host} answered ${status}: the build is not allowed to do this there`,
      next: 'Check the credentials in the registry Secret: they must be for exactly this host, and may need push permission. Makisu can only log in with tokens: where `doctor` says that the registry wants the password itself, set `push: copy` in the stage.',
    }),
  ],
  [
    /bad pull manifest request resp code: (\d+)|^failed to push image: .* (5\d\d)\b/s,
    ([, pull, push]) => ({
      kind: 'registry',
      title: `The registry answered ${pull ?? push}`,
      next: 'Check the log and the disk of the registry, then retry.',
    }),
  ],
  [
    /x509: (certificate[^:"]*|[^:"]*authority)|lstat path: lstat \/etc\/ssl/,
    ([, what]) => ({
      kind: 'registry',
      title: `The registry's certificate is not trusted${what ? `: ${what}` : ''}`,
      next: 'Set the certificate authority under tls.ca.cert.path in the Makisu registry configuration, or set SSL_CERT_DIR=/makisu-internal/certs/.',
    }),
  ],
  [
    unreachable,
    ([, host, what]) => ({
      kind: 'registry',
      title: `The registry${host ? ` ${host}` : ''} cannot be reached: ${what}`,
      next: 'Check the push address of the registry, and that pods can reach it (name, network policy).',
    }),
  ],
  [
    before(/\(line (\d+)\): failed to parse '(\w+)' directive/, 'Unsupported directive type'),
    ([, line, directive]) => ({
      kind: 'dockerfile',
      title: `Line ${line} of the Dockerfile: Makisu does not know ${directive}`,
      next:
        directive === 'SHELL'
          ? 'Put the shell into the RUN lines: RUN ["/bin/bash", "-c", "…"].'
          : `Remove ${directive} or write it with RUN.`,
    }),
  ],
  [
    /\(line (\d+)\): (.*)/s,
    ([, line, what]) => ({ kind: 'dockerfile', title: `Line ${line} of the Dockerfile: ${what}`, next: 'Correct that line.' }),
  ],
  [
    (failure) => {
      const file = missingFiles(failure).find((one) => /[Dd]ockerfile/.test(one));
      return file === undefined ? undefined : ['', file];
    },
    ([, file]) => ({
      kind: 'dockerfile',
      title: `There is no ${file}`,
      next: "Check the stage's dockerfile and context in the configuration.",
    }),
  ],
  [
    (failure) => {
      const url = missingFiles(failure).find((one) => /https?:\//.test(one));
      return url === undefined ? undefined : ['', url.slice(url.search(/https?:\//))];
    },
    ([, url]) => ({
      kind: 'dockerfile',
      title: `ADD of a URL is not supported by Makisu (${url})`,
      next: 'Fetch it with RUN wget or curl.',
    }),
  ],
  [
    (failure) => {
      const at = failure.indexOf('hash context sources: ');
      const file = at < 0 ? undefined : missingFiles(failure.slice(at)).at(-1);
      return file === undefined ? undefined : ['', file];
    },
    ([, file]) => ({
      kind: 'missing-file',
      title: `COPY or ADD uses a file that is not in the commit: ${file}`,
      next: 'Commit the file, or correct the path; paths are relative to the build context.',
    }),
  ],
  [
    /target stage not found in dockerfile (\S*)/,
    ([, name]) => ({
      kind: 'dockerfile',
      title: `The Dockerfile has no stage ${name}`,
      next: 'Correct the target, or name the stage with FROM … AS.',
    }),
  ],
  [
    /no space left on device/,
    () => ({
      kind: 'disk',
      title: 'The disk of the node is full',
      next: 'Free disk space on the node, or raise ephemeralStorage so that a node with enough space is chosen.',
    }),
  ],
  [
    /mkdir \S*: permission denied|operation not permitted|lchown/,
    () => ({
      kind: 'permission',
      title: 'Makisu is not allowed to write to its file system',
      next: 'It must run as root in its container: no runAsNonRoot, pod security baseline.',
    }),
  ],
];

/** The cause for the final error message of a failed build, if it is known. Messages of Makisu 0.4.2. */
export function knownCause(failure: string): Omit<Cause, 'excerpt'> | undefined {
  for (const [find, cause] of known) {
    const found = find instanceof RegExp ? find.exec(failure) : find(failure);
    if (found) return cause(found);
  }
  return undefined;
}
