import type { Cause } from '../core/logs.ts';

/** The parts of a matching failure; undefined if it does not match. */
export type Find = (failure: string) => readonly (string | undefined)[] | undefined;
export type Known = readonly [find: Find | RegExp, cause: (found: readonly (string | undefined)[]) => Omit<Cause, 'excerpt'>];

/** The first cause that fits a failure. */
export function firstOf(some: readonly Known[], failure: string): Omit<Cause, 'excerpt'> | undefined {
  for (const [find, cause] of some) {
    const found = find instanceof RegExp ? find.exec(failure) : find(failure);
    if (found) return cause(found);
  }
  return undefined;
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

/** Failures of the connection to a registry, and of what Makisu needs for it. */
export const connections: readonly Known[] = [
  [
    /x509: (certificate (?:has expired|is not yet valid)|certificate is valid for [^,\n]*|cannot validate certificate[^,\n]*|certificate is not valid for [^,\n]*)/,
    ([, what]) => ({
      kind: 'registry',
      title: `The registry's certificate does not fit: ${what}`,
      next: 'Let the registry have a certificate that is valid now, and for the name or address in `push`.',
    }),
  ],
  [
    /x509: (certificate[^,:"\n]*|[^,:"\n]*authority)/,
    ([, what]) => ({
      kind: 'registry',
      title: `The registry's certificate is not trusted: ${what}`,
      next: 'Set `registries.<name>.ca`, or `registry.ca` for the own registry, to a file with the certificates of its authority.',
    }),
  ],
  [
    /lstat path: lstat (\/etc\/ssl|\/makisu-internal\/certs)/,
    ([, folder]) => ({
      kind: 'registry',
      title: `The image of Makisu has no certificate authorities (${folder})`,
      next: 'Set `tools.makisu` to an image that has them, as uber-container-tools/makisu does.',
    }),
  ],
  [
    /registry is not v2/,
    () => ({
      kind: 'registry',
      title: 'The registry does not say that it is one (header Docker-Distribution-Api-Version), which Makisu insists on',
      next: 'Check that a registry answers at `push`; if it does, Makisu cannot log in there: set `push: copy` in the stage.',
    }),
  ],
  [
    /unsupported protocol scheme ""|no Host in request URL|empty layer upload URL|failed to parse location/,
    () => ({
      kind: 'push',
      title: 'Makisu cannot push to this registry: it answers with relative Locations',
      next: 'Set `push: copy` in the stage: then skopeo pushes what Makisu has built.',
    }),
  ],
  [
    /tls: (?:bad certificate|certificate required)|certificate required/,
    () => ({
      kind: 'registry',
      title: 'The registry asks for a client certificate, which Makisu has none of',
      next: 'Let the registry accept a login instead.',
    }),
  ],
  [
    /layer digest did not match/,
    () => ({
      kind: 'base-image',
      title: 'A layer of the base image is not what its manifest names',
      next: 'Push the base image again, and check the storage of the registry.',
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
    /EOF|connection reset by peer|broken pipe|TLS handshake timeout|context deadline exceeded|Client\.Timeout exceeded/,
    ([what]) => ({
      kind: 'registry',
      title: `The connection to the registry broke off: ${what}`,
      next: 'Check the log of the registry, and what lies between it and pods (proxy, network policy), then retry.',
    }),
  ],
];
