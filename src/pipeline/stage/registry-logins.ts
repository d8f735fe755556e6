import type { RegistryAddresses, Secrets } from '../../core/config.ts';
import { UserError } from '../../core/errors.ts';
import { isPlain } from '../../core/plain-http.ts';
import { dockerLogin } from '../../core/pull-config.ts';

/** A registry outside the cluster, with the bot's credentials there. */
export interface ExternalLogin {
  readonly name: string;
  readonly push: string;
  readonly username?: string;
  readonly password?: string;
  /** CA certificates (PEM), if they are not publicly trusted. */
  readonly ca?: string;
  /** Pods use plain HTTP for it. */
  readonly plain?: boolean;
}

/** A registry as pods reach it, with the bot's credentials there. */
interface RegistryLogin {
  readonly push: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** It uses plain HTTP. */
  readonly plain?: boolean;
  /** The file with its CA certificates. */
  readonly certificates?: string;
}

/** A format in which builders read registry logins: one file of the Secret that their pod mounts. */
interface LoginForm {
  readonly file: string;
  readonly write: (logins: readonly RegistryLogin[]) => unknown;
  /** They log in with tokens only, not to a registry that requires the password itself. */
  readonly tokensOnly?: true;
}

/** Where the job templates mount the Secret: its files refer to each other by this path. */
const mounted = '/registry-config';

/** The formats that a job template may name in its annotation `coxswain/registry-login`. */
const loginForms: Readonly<Record<string, LoginForm>> = {
  // docs/REGISTRY.md of Makisu 0.4.2; it logs in with tokens (lib/registry/security/basicauth.go), and with credentials tries HTTPS first.
  makisu: {
    file: 'registry.yaml',
    write: (logins) => Object.fromEntries(inOrder(logins).map((login) => [login.push, { '.*': { security: securityOf(login) } }])),
    tokensOnly: true,
  },
  // As `docker login` writes it; Kaniko, Buildah, BuildKit and skopeo read it.
  'docker-config': {
    file: 'config.json',
    write: (logins) => ({ auths: Object.fromEntries(logins.flatMap(dockerAuth)) }),
  },
};

/** Of several registries at one address, the last one counts: one with a login, if there is one. */
function inOrder(logins: readonly RegistryLogin[]): readonly RegistryLogin[] {
  return logins.toSorted((a, b) => Number(Boolean(a.username)) - Number(Boolean(b.username)));
}

function securityOf({ username, password, plain, certificates }: RegistryLogin): object {
  const basic = username && password ? { basic: { username, password } } : {};
  // With a login, Makisu finds out itself.
  if (plain && !(username && password)) return { tls: { client: { disabled: true } } };
  return { ...basic, ...(certificates && { tls: { ca: { cert: { path: `${mounted}/${certificates}` } } } }) };
}

function dockerAuth({ push, username, password }: RegistryLogin): [string, object][] {
  return username && password ? [[push, dockerLogin(username, password)]] : [];
}

/** @throws UserError if there is no format with that name */
export function loginForm(name: string): LoginForm {
  const form = Object.hasOwn(loginForms, name) ? loginForms[name] : undefined;
  const known = Object.keys(loginForms).join(', ');
  if (!form) throw new UserError(`There is no form of logins ${JSON.stringify(name)}: coxswain/registry-login is one of ${known}.`);
  return form;
}

/** The files of the registry Secret in each of these formats, plus those with certificates. */
export function loginFiles(
  forms: readonly string[],
  registry: RegistryAddresses,
  { registryUsername: username, registryPassword: password, registryAuthority: authority }: Partial<Secrets>,
  outside: readonly ExternalLogin[] = [],
): Record<string, string> {
  const own: RegistryLogin = {
    push: registry.push,
    username,
    password,
    plain: isPlain(registry),
    ...(authority && { certificates: certificateFile() }),
  };
  const others = outside.map(({ name, ca, ...login }) => ({ ...login, ...(ca && { certificates: certificateFile(name) }) }));
  const files = forms.map(loginForm).map(({ file, write }) => [file, JSON.stringify(write([own, ...others]))] as const);
  const trusted = [{ name: undefined, ca: authority }, ...outside];
  const certificates = trusted.flatMap(({ name, ca }) => (ca ? [[certificateFile(name), ca] as const] : []));
  return Object.fromEntries([...files, ...certificates]);
}

/** The file of the Secret with the CA certificates of an external registry, or of the cluster's own; a name has no hyphen. */
export const certificateFile = (registry = 'cluster-registry'): string => `${registry}.pem`;
