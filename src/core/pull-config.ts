/** A Docker configuration as written by `docker login`, with the entries per registry left as they are. */
interface PullConfig {
  readonly auths: Readonly<Record<string, unknown>>;
}

/** The logins in a Docker configuration, by registry. @throws Error if it is not one */
export function pullLogins(text: string): PullConfig['auths'] {
  const found = JSON.parse(text) as Partial<PullConfig> | null;
  const auths = found?.auths;
  if (typeof auths !== 'object' || auths === null || Array.isArray(auths)) throw new Error('`auths` is missing');
  return auths;
}

/** What is wrong with a Docker configuration, without quoting it: it is a secret. */
export function pullConfigIssue(text: string): string | undefined {
  try {
    pullLogins(text);
    return undefined;
  } catch {
    return 'is not a Docker configuration; a valid one looks like {"auths": {"registry.example.com": {"username": "…", "password": "…"}}}';
  }
}

/** All strings in it that grant access: what `auths` contains for each registry. */
export function pullSecrets(text: string): string[] {
  try {
    return Object.values(pullLogins(text)).flatMap((login) => secretsIn(login));
  } catch {
    return [];
  }
}

function secretsIn(login: unknown): string[] {
  if (typeof login !== 'object' || login === null) return [];
  const { auth, password, identitytoken } = login as Readonly<Record<string, unknown>>;
  const decoded = typeof auth === 'string' ? Buffer.from(auth, 'base64').toString('utf8').split(':').slice(1).join(':') : undefined;
  return [auth, password, identitytoken, decoded].filter((one) => typeof one === 'string' && one !== '') as string[];
}
