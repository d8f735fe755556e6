import type { Cause } from '../core/logs.ts';
import { connections, type Find, firstOf, type Known } from './makisu-connection.ts';
import { refusedByRegistry, withoutToken } from './makisu-registry.ts';

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
    /unsupported manifest mediatype: text\/html/,
    () => ({
      kind: 'base-image',
      title: 'A web page answers in place of the registry of the base image',
      next: 'Correct the registry in FROM; if it is right, a proxy or a login page lies before it.',
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
    /manifest schema version not supported|\b415: \{"errors":\[\{"code":"MANIFEST_INVALID"/,
    () => ({
      kind: 'push',
      title: 'The registry refused the image: it does not accept schema 2 manifests',
      next: 'Push to a registry that supports Docker schema 2.',
    }),
  ],
];

/** Failures in which no answer of a registry is named. */
const outside: readonly Known[] = [
  [
    /bad pull manifest request resp code: (\d+)/,
    ([, status]) => ({
      kind: 'registry',
      title: `The registry answered ${status}`,
      next: 'Check the log and the disk of the registry, then retry.',
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
  return (
    firstOf(known, failure) ??
    refusedByRegistry(failure) ??
    withoutToken(failure) ??
    firstOf(connections, failure) ??
    firstOf(outside, failure)
  );
}
