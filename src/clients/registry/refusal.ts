import { AccessRefused, UserError } from '../../core/errors.ts';
import { inQuotes } from '../../core/text/quoted.ts';
import type { HttpAnswer } from '../http/http-client.ts';
import { HttpError, UntrustedCertificate } from '../http/http-error.ts';
import { isPage, ledAway } from '../http/login-page.ts';
import { registryErrors, saidByRegistry, statusWith } from './registry-errors.ts';

/** A registry in messages: where it is, who asks it, and what a person can change about it. */
export interface RegistryContext {
  /** The URL at which coxswain reaches it. */
  readonly api: URL;
  /** The key of that URL in the configuration. */
  readonly key: string;
  /** The prefix of its login's environment variables: `REGISTRY`. */
  readonly settings: string;
  readonly username?: string;
  /** Whether certificates of an authority of its own are configured. */
  readonly hasAuthority?: boolean;
}

/** The variables of its login. */
export const loginVariables = ({ settings }: RegistryContext): string => `${settings}_USERNAME and ${settings}_PASSWORD`;

/** The error for a response that is not the wanted one; `path` was requested. */
export function refusalOf(answer: HttpAnswer, path: string, registry: RegistryContext): Error {
  const { status, header, retryAt } = answer;
  const { host, href } = registry.api;
  const location = header('location');
  if (status >= 300 && status < 400 && location) {
    const to = URL.canParse(location, href) ? new URL(location, href).origin : location.slice(0, 200);
    const remedy = `check ${registry.key} in the configuration, and ${registry.settings}_USERNAME`;
    return new UserError(`${ledAway(`The registry ${host}`, to, path, remedy)}.`);
  }
  const words = saidByRegistry(answer.text());
  const said = statusWith(status, words);
  // A limit, such as that of a firewall for web applications, is no refusal: it passes.
  if (status === 403 && !retryAt) return missingRight(said, path, registry);
  // Hidden, not refused: somebody else may well read it.
  if (status === 404 && hides(answer)) return new UserError(missingRight(said, path, registry).message);
  // A page of nginx says "502 Bad Gateway" itself.
  const isItself = words?.startsWith(String(status));
  const later = `The registry ${host} answers ${isItself ? words : status} for ${path}${words && !isItself ? `: ${words}` : ''}`;
  if (retryAt || status === 429 || status >= 500) return new HttpError(later, { retry: true, retryAt });
  if (words !== undefined && !isPage(answer) && (registryErrors(answer.text()) ?? []).some(({ code }) => code !== undefined))
    return new HttpError(later, { retry: true });
  return notRegistry(`${status} for ${path}`, registry);
}

export function notRegistry(what: string, { api, key }: RegistryContext): UserError {
  return new UserError(`${api.href} does not answer as an image registry (${what}): check ${key} in the configuration.`);
}

/** The login is right, or there is none, but it does not reach this far: a missing right is not a wrong password. */
export function missingRight(said: string, path: string, registry: RegistryContext): AccessRefused {
  const { api, username } = registry;
  const [reads, pull] = path.includes('/blobs/uploads/') ? ['push to', 'push'] : ['read', 'pull'];
  return new AccessRefused(
    username === undefined
      ? `The registry ${api.host} does not let anonymous users ${reads} ${path} (${said}): set ${loginVariables(registry)}, or allow it there.`
      : `The registry ${api.host} does not let the login ${inQuotes(username)} ${reads} ${path} (${said}): give it the right to ${pull} there, or change ${loginVariables(registry)}.`,
  );
}

/** The login itself is missing or wrong. */
export function wrongLogin(registry: RegistryContext, said?: string): AccessRefused {
  const { api, username } = registry;
  const why = said === undefined ? '' : ` (${said})`;
  return new AccessRefused(
    username === undefined
      ? `The registry ${api.host} requires a login${why}: set ${loginVariables(registry)}.`
      : `The registry ${api.host} refuses the login ${inQuotes(username)}${why}: check ${loginVariables(registry)}.`,
  );
}

/** Names the key of the configuration with which a registry's own authority is trusted. */
export function trustingIn(registry: RegistryContext, error: unknown): unknown {
  if (!(error instanceof UntrustedCertificate)) return error;
  const key = registry.key.replace(/api$/, 'ca');
  return error.with(
    registry.hasAuthority
      ? `it is not in the file of ${key}; put the certificate of that authority (PEM) there`
      : `write the path of a file with the certificate of that authority (PEM) into ${key}`,
  );
}

/** Some registries answer 404 with the code for a missing right for what a login may not see. */
function hides({ text }: HttpAnswer): boolean {
  return (registryErrors(text()) ?? []).some(({ code }) => code === 'DENIED' || code === 'UNAUTHORIZED');
}
