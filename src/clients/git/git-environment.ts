import { getCACertificates } from 'node:tls';

type Variables = Readonly<Record<string, string | undefined>>;

/** What the git program needs of the environment, and the proxies for the bot's own questions to git. */
export interface GitEnvironment {
  readonly environment: Readonly<Record<string, string>>;
  /** Certificates (PEM) that git is to trust, where the environment names authorities for Node alone. */
  readonly authorities?: string;
  readonly proxy?: { readonly http?: string; readonly https?: string; readonly no?: string };
}

/** PATH, proxies and authorities. libcurl knows `http_proxy` in small letters only, and SSL_CERT_FILE not at all (libcurl-env(3)). */
export function gitEnvironment(env: Variables): GitEnvironment {
  const given = (name: string) => env[name] || env[name.toUpperCase()];
  const [http, https] = ['http_proxy', 'https_proxy'].map((name) => withScheme(given(name)));
  const no = given('no_proxy');
  const ownFile = env.GIT_SSL_CAINFO || (env.NODE_EXTRA_CA_CERTS ? undefined : env.SSL_CERT_FILE);
  const environment = {
    ...(env.PATH && { PATH: env.PATH }),
    ...(http && { http_proxy: http }),
    ...(https && { https_proxy: https }),
    ...(no && { no_proxy: no }),
    ...(ownFile && { GIT_SSL_CAINFO: ownFile }),
  };
  return {
    environment,
    ...(env.NODE_EXTRA_CA_CERTS && !ownFile && { authorities: trustedByNode() }),
    ...((http || https) && { proxy: { ...(http && { http }), ...(https && { https }), ...(no && { no }) } }),
  };
}

/** `proxy:3128` is an address to libcurl, and none to Node. */
function withScheme(proxy: string | undefined): string | undefined {
  return proxy && !proxy.includes('://') ? `http://${proxy}` : proxy;
}

/** GIT_SSL_CAINFO replaces what the system trusts, so that goes in too; SSL_CERT_FILE is part of it. */
function trustedByNode(): string {
  const certificates = new Set([...getCACertificates('default'), ...getCACertificates('system')].map((one) => one.trim()));
  return `${[...certificates].join('\n')}\n`;
}
