import type { RegistryAddresses, Secrets } from '../../core/config.ts';
import { UserError } from '../../core/errors.ts';

/** A registry outside of the cluster and who the bot is there. */
export interface ExternalLogin {
  readonly name: string;
  readonly push: string;
  readonly username?: string;
  readonly password?: string;
  /** Certificates (PEM) of its authority, where that is not one that everybody knows. */
  readonly ca?: string;
}

/** A registry as pods reach it, and who the bot is there. */
interface RegistryLogin {
  readonly push: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** It speaks plain HTTP. */
  readonly plain?: boolean;
  /** The file with the certificates of its authority. */
  readonly certificates?: string;
}

/** How builders read the logins of registries: one file of the Secret that their pod mounts. */
interface LoginForm {
  readonly file: string;
  readonly write: (logins: readonly RegistryLogin[]) => unknown;
  /** They log in by tokens, and not where a registry wants the password itself. */
  readonly tokensOnly?: true;
}

/** Where the job templates mount the Secret: files in it name each other by that path. */
const mounted = '/registry-config';

/** The forms that a job template may name in its annotation `coxswain/registry-login`. */
const loginForms: Readonly<Record<string, LoginForm>> = {
  // docs/REGISTRY.md of Makisu 0.4.2, which logs in with tokens (lib/registry/security/basicauth.go). With credentials it tries HTTPS first.
  makisu: {
    file: 'registry.yaml',
    write: (logins) => Object.fromEntries(logins.map((login) => [login.push, { '.*': { security: securityOf(login) } }])),
    tokensOnly: true,
  },
  // As `docker login` writes it; Kaniko, Buildah and BuildKit read it.
  'docker-config': {
    file: 'config.json',
    write: (logins) => ({ auths: Object.fromEntries(logins.flatMap(dockerAuth)) }),
  },
};

function securityOf({ username, password, plain, certificates }: RegistryLogin): object {
  const basic = username && password ? { basic: { username, password } } : {};
  if (plain) return { ...basic, tls: { client: { disabled: true } } };
  return { ...basic, ...(certificates && { tls: { ca: { cert: { path: `${mounted}/${certificates}` } } } }) };
}

function dockerAuth({ push, username, password }: RegistryLogin): [string, object][] {
  if (!username || !password) return [];
  return [[push, { username, password, auth: Buffer.from(`${username}:${password}`).toString('base64') }]];
}

/** @throws UserError where there is no form of that name */
export function loginForm(name: string): LoginForm {
  const form = Object.hasOwn(loginForms, name) ? loginForms[name] : undefined;
  const known = Object.keys(loginForms).join(', ');
  if (!form) throw new UserError(`There is no form of logins ${JSON.stringify(name)}: coxswain/registry-login is one of ${known}.`);
  return form;
}

/** The files of the Secret of the registries, in each of these forms; those with certificates beside them. */
export function loginFiles(
  forms: readonly string[],
  registry: RegistryAddresses,
  { registryUsername: username, registryPassword: password }: Partial<Secrets>,
  outside: readonly ExternalLogin[] = [],
): Record<string, string> {
  const own: RegistryLogin = { push: registry.push, username, password, plain: !(username && password) };
  const others = outside.map(({ name, ca, ...login }) => ({ ...login, ...(ca && { certificates: certificateFile(name) }) }));
  const files = forms.map(loginForm).map(({ file, write }) => [file, JSON.stringify(write([own, ...others]))] as const);
  const certificates = outside.flatMap(({ name, ca }) => (ca ? [[certificateFile(name), ca] as const] : []));
  return Object.fromEntries([...files, ...certificates]);
}

const certificateFile = (registry: string) => `${registry}.pem`;
