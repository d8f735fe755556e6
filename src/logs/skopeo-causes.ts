import type { Cause } from '../core/logs.ts';
import { cut } from '../core/text/cut.ts';

type Told = Omit<Cause, 'excerpt'>;

/** What a failure is about: the registry, where it is named, and whether it is the one that the image is read from. */
interface About {
  readonly failure: string;
  readonly host: string;
  readonly isSource: boolean;
}

type Known = readonly [pattern: RegExp, cause: (about: About) => Told];

const loginOf =
  "REGISTRY_<NAME>_USERNAME and REGISTRY_<NAME>_PASSWORD of this one of `registries`; REGISTRY_USERNAME and REGISTRY_PASSWORD for the cluster's own";

const known: readonly Known[] = [
  [
    /[Ee]rror loading trust policy/,
    () => ({
      kind: 'policy',
      title: 'The image of skopeo has no signature policy',
      next: 'Use an image with a file /etc/containers/policy.json for `tools.skopeo`, such as quay.io/skopeo/stable.',
    }),
  ],
  [
    /[Ss]ource image rejected|is rejected by policy/,
    () => ({
      kind: 'policy',
      title: 'The signature policy in the image of skopeo rejects this image',
      next: 'Sign the image as the policy wants it, or change /etc/containers/policy.json in the image that `tools.skopeo` names.',
    }),
  ],
  [
    /Instructed to preserve digests|cannot modify it/,
    ({ host }) => ({
      kind: 'push',
      title: `${registry(host)} only accepts this image in another form, which would change its digest`,
      // skopeo says the same where the answer to the index was lost: it then tries the other form.
      next: 'Retry once: its answer to the image may have been lost. If that fails too, push to a registry that accepts OCI images and indexes, or release with `template: release-tested`, which makes a new image.',
    }),
  ],
  [
    /tag is immutable|immutable tag|already exists|cannot be overwritten/i,
    ({ host, failure }) => ({
      kind: 'push',
      title: `${registry(host)} already has this tag and keeps it: ${words(failure)}`,
      next: 'Retry once: if the tag has this very image, since the answer to an earlier push was lost, that passes. Otherwise bump the version, and release that; or remove the tag from the registry, if it was created by mistake.',
    }),
  ],
  [
    /unauthorized|authentication required|invalid username\/password|incorrect username or password|\b401\b/i,
    ({ host, isSource }) => ({
      kind: 'registry-auth',
      title: `${registry(host)} refuses the login ${isSource ? 'for reading the image' : 'for the push'}`,
      next: `Check ${loginOf}. Then retry.`,
    }),
  ],
  [
    /\bdenied\b|requested access to the resource|forbidden|insufficient_scope|\b403\b/i,
    ({ host, isSource, failure }) => ({
      kind: 'registry-auth',
      title: `${registry(host)} does not allow ${isSource ? 'reading the image' : 'the push'}: ${words(failure)}`,
      next: `Give the login the right to ${isSource ? 'read' : 'push to'} this repository there, or check its name. The login is ${loginOf}.`,
    }),
  ],
  [
    /manifest unknown|name unknown/i,
    ({ host, isSource, failure }) =>
      isSource
        ? {
            kind: 'base-image',
            title: `The tested image is no longer in ${registryName(host)}`,
            next: 'It was removed after its test: run the commit again, which builds and tests it anew.',
          }
        : {
            kind: 'push',
            title: `There is no repository of this name in ${registryName(host)}: ${words(failure)}`,
            next: 'Create it there, or correct `repository` of the image; then retry.',
          },
  ],
  [
    /manifest invalid|MANIFEST_INVALID|unsupported media type|unsupported: |Unsupported manifest|unsupported MIME type|\b415\b/i,
    ({ host, failure }) => ({
      kind: 'push',
      title: `${registry(host)} does not accept this kind of image: ${words(failure)}`,
      next: 'It may support neither OCI images nor indexes of several platforms: push to one that does, or release with `template: release-tested`, which makes a Docker schema 2 image.',
    }),
  ],
  [
    /StatusCode: 413|\b413\b|too large/i,
    ({ host }) => ({
      kind: 'push',
      title: `${registry(host)}, or a proxy in front of it, refuses a layer as too large (413)`,
      next: 'Raise the limit for request bodies there (`client_max_body_size` of nginx), then retry.',
    }),
  ],
  [
    /toomanyrequests|too many requests|\b429\b/i,
    ({ host }) => ({
      kind: 'registry',
      title: `${registry(host)} asks for fewer requests (429)`,
      next: 'Wait as long as it says, then retry.',
    }),
  ],
  [
    /x509: |certificate/i,
    ({ host, failure }) => ({
      kind: 'registry',
      title: `The certificate of ${registryName(host)} is not trusted: ${words(failure)}`,
      next: 'Set the certificates of its authority with `registries.<name>.ca`, or `registry.ca` for the own registry, or correct the name in `push`.',
    }),
  ],
  [
    /server gave HTTP response to HTTPS client/,
    ({ host }) => ({
      kind: 'registry',
      title: `${registry(host)} speaks plain HTTP`,
      next: 'Set `plain: true` beside its `push` in the configuration if that is intended, or correct its `push`.',
    }),
  ],
  [
    /no such host|connection refused|i\/o timeout|no route to host|network is unreachable|server misbehaving/,
    ({ host, failure }) => ({
      kind: 'registry',
      title: `${registry(host)} cannot be reached: ${words(failure)}`,
      next: 'Check its `push` address, and that pods can reach it (name, network policy); then retry.',
    }),
  ],
  [
    /no space left on device/,
    () => ({
      kind: 'disk',
      title: 'The disk is full: no space left on device',
      next: 'Free disk space on the node or in the registry, then retry.',
    }),
  ],
  [
    /unexpected HTTP status: 5\d\d|\b50[0-9] |internal server error|bad gateway/i,
    ({ host, failure }) => ({
      kind: 'registry',
      title: `${registry(host)} failed: ${words(failure)}`,
      next: 'Check the log and the disk of the registry, then retry.',
    }),
  ],
];

/** The cause of a failed copy by skopeo's last error; the wording of unknown ones is its own. */
export function knownCopyCause(failure: string): Told {
  const about = {
    failure,
    host: hostIn(failure),
    isSource: /initializing source|reading blob|reading manifest|determining manifest/.test(failure),
  };
  const found = known.find(([pattern]) => pattern.test(failure));
  if (found) return found[1](about);
  return {
    kind: 'push',
    title: `The copy failed: ${words(failure)}`,
    next: 'Read the last line of its log; retry if the cause is outside the run.',
  };
}

function registry(host: string): string {
  return host === '' ? 'The registry' : `The registry ${host}`;
}

function registryName(host: string): string {
  return host === '' ? 'the registry' : `the registry ${host}`;
}

const hosts = [
  /pinging container registry ([\w.:[\]-]+?): /,
  /\/blobs\/uploads\/ in ([\w.:[\]-]+?): /,
  / (?:in|to) ([\w.:[\]-]+)\/[\w./-]+: /,
  /"https?:\/\/([\w.:[\]-]+)\//,
  /docker:\/\/([\w.:[\]-]+)\//,
];

/** The registry that a failure names; empty if it names none. */
function hostIn(failure: string): string {
  for (const pattern of hosts) {
    const host = pattern.exec(failure)?.[1];
    if (host) return host;
  }
  return '';
}

/** The last part of a chain of wrapped errors, without markup. */
function words(failure: string): string {
  const at = failure.search(/<(?:!doctype|html|head|body)/i);
  const text = at < 0 ? failure : failure.slice(0, at);
  const parts = text
    .split(': ')
    .map((part) => part.trim().replace(/,$/, ''))
    .filter(Boolean);
  const [before = '', last = ''] = parts.slice(-2);
  // What precedes is only worth showing if it is a registry's code (`denied: tag is immutable`), not the place of the failure.
  return cut(before === '' || before === last || /[/ ]/.test(before) ? last : `${before}: ${last}`, 160);
}
