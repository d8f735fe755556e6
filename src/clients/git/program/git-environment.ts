import { getCACertificates } from 'node:tls';

type Variables = Readonly<Record<string, string | undefined>>;

/** What the git program needs from the environment. Its proxy is passed with each call. */
export interface GitEnvironment {
  readonly environment: Readonly<Record<string, string>>;
  /** Certificates (PEM) that git must trust, if the environment configures authorities only for Node. */
  readonly authorities?: string;
}

/** PATH and authorities. libcurl does not know SSL_CERT_FILE (libcurl-env(3)). */
export function gitEnvironment(env: Variables): GitEnvironment {
  const ownFile = env.GIT_SSL_CAINFO || (env.NODE_EXTRA_CA_CERTS ? undefined : env.SSL_CERT_FILE);
  const environment = {
    ...(env.PATH && { PATH: env.PATH }),
    ...(ownFile && { GIT_SSL_CAINFO: ownFile }),
  };
  return {
    environment,
    ...(env.NODE_EXTRA_CA_CERTS && !ownFile && { authorities: trustedByNode() }),
  };
}

/** GIT_SSL_CAINFO replaces the system's trust store, so this includes it too; SSL_CERT_FILE is part of it. */
function trustedByNode(): string {
  const certificates = new Set([...getCACertificates('default'), ...getCACertificates('system')].map((one) => one.trim()));
  return `${[...certificates].join('\n')}\n`;
}
