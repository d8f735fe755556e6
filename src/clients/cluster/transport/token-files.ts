import { resolve } from 'node:path';
import type { KubeConfig, User } from '@kubernetes/client-node';
import { parse } from 'yaml';
import { monotonic } from '../../../core/time/clock.ts';
import { readTextNow } from '../../files/files-client.ts';

type Authenticator = Parameters<KubeConfig['addAuthenticator']>[0];

const name = 'token of a file';

/** The fields read here; the library has validated the rest. */
interface Written {
  readonly users?: readonly { readonly name: string; readonly user?: { readonly tokenFile?: unknown } }[];
}

/** How often a token is reloaded: as often as in client-go. */
const freshMs = 60_000;

/**
 * `tokenFile` of a kubeconfig, which the library does not support: it overrides `token`, and is reloaded periodically as tokens expire
 * (https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/#AuthInfo).
 * @param folder the folder to which its path is relative
 */
export function takeTokenFiles({ users }: KubeConfig, text: string, folder: string): void {
  for (const { name: of, user } of (parse(text) as Written | null)?.users ?? []) {
    const entry = users.find((one) => one.name === of);
    if (!entry || typeof user?.tokenFile !== 'string' || user.tokenFile === '') continue;
    Object.assign(entry, { token: undefined, authProvider: { name, config: { file: resolve(folder, user.tokenFile) } } });
  }
}

/** Authenticates with the token in the file, without a byte order mark and the trailing newline. */
export class TokenFiles implements Authenticator {
  #read: { readonly file: string; readonly token: string; readonly until: number } | undefined;

  isAuthProvider({ authProvider }: User): boolean {
    return authProvider?.name === name;
  }

  async applyAuthentication({ authProvider }: User, options: { headers?: unknown }): Promise<void> {
    const { file } = authProvider.config as { readonly file: string };
    if (this.#read?.file !== file || this.#read.until < monotonic())
      this.#read = { file, token: readTextNow(file).trim(), until: monotonic() + freshMs };
    Object.assign(options, { headers: { ...(options.headers ?? {}), Authorization: `Bearer ${this.#read.token}` } });
  }
}
