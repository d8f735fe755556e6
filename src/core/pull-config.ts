/** A Docker configuration as `docker login` writes it, with what belongs to a registry left as it is. */
interface PullConfig {
  readonly auths: Readonly<Record<string, unknown>>;
}

/** The logins in a Docker configuration, by registry. @throws Error where it is none */
export function pullLogins(text: string): PullConfig['auths'] {
  const found = JSON.parse(text) as Partial<PullConfig> | null;
  const auths = found?.auths;
  if (typeof auths !== 'object' || auths === null || Array.isArray(auths)) throw new Error('`auths` is missing');
  return auths;
}

/** What is wrong with a Docker configuration, without repeating it: it is a secret. */
export function pullConfigIssue(text: string): string | undefined {
  try {
    pullLogins(text);
    return undefined;
  } catch {
    return 'is not a Docker configuration; a valid one looks like {"auths": {"registry.example.com": {"username": "…", "password": "…"}}}';
  }
}

/** All texts in it that let somebody in: what `auths` holds of each registry. */
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
