/** A Docker configuration as written by `docker login`. */
interface PullConfig {
  readonly auths: Readonly<Record<string, unknown>>;
}

/** One login of it, with all fields that nodes and builders read: some only know `auth`, others only the other two. */
interface DockerLogin {
  readonly username: string;
  readonly password: string;
  /** `username:password` in base64. */
  readonly auth: string;
}

export function dockerLogin(username: string, password: string): DockerLogin {
  return { username, password, auth: Buffer.from(`${username}:${password}`).toString('base64') };
}

/** The logins in a Docker configuration, by registry. @throws Error if it is not one, or has a login that nodes cannot use */
export function pullLogins(text: string): Readonly<Record<string, object>> {
  const auths = entriesOf(text);
  return Object.fromEntries(
    Object.entries(auths).map(([registry, entry]) => [registry, { ...objectOf(entry), ...loginIn(entry, registry) }]),
  );
}

/** What is wrong with a Docker configuration, without quoting its logins: they are secret. */
export function pullConfigIssue(text: string): string | undefined {
  try {
    pullLogins(text);
    return undefined;
  } catch (error) {
    if (error instanceof UnusableLogin) return error.message;
    return 'is not a Docker configuration; a valid one looks like {"auths": {"registry.example.com": {"username": "…", "password": "…"}}}';
  }
}

/** All strings in it that grant access: what `auths` contains for each registry. */
export function pullSecrets(text: string): string[] {
  try {
    return Object.values(entriesOf(text)).flatMap((login) => secretsIn(login));
  } catch {
    return [];
  }
}

/** A login that nodes cannot use. */
class UnusableLogin extends Error {}

function entriesOf(text: string): PullConfig['auths'] {
  const found = JSON.parse(text) as Partial<PullConfig> | null;
  const auths = found?.auths;
  if (typeof auths !== 'object' || auths === null || Array.isArray(auths)) throw new Error('`auths` is missing');
  return auths;
}

/** `auth` takes precedence, as for the kubelet. */
function loginIn(entry: unknown, registry: string): DockerLogin {
  const { auth, username, password, identitytoken } = objectOf(entry);
  const decoded =
    typeof auth === 'string' && auth !== '' ? /^([^:]+):(.+)$/s.exec(Buffer.from(auth, 'base64').toString('utf8')) : undefined;
  if (decoded) return dockerLogin(decoded[1] ?? '', decoded[2] ?? '');
  const place = `has no login that nodes can use for ${JSON.stringify(registry.slice(0, 200))}`;
  if (decoded === null) throw new UnusableLogin(`${place}: \`auth\` must be USER:PASSWORD in base64`);
  if (typeof username === 'string' && username !== '' && typeof password === 'string' && password !== '')
    return dockerLogin(username, password);
  if (identitytoken)
    throw new UnusableLogin(`${place}: nodes do not support \`identitytoken\`; give a user and a password or access token`);
  throw new UnusableLogin(
    `${place}: give \`username\` and \`password\`, or \`auth\`; Docker may keep them in a credential store (\`credsStore\`), which nodes do not have`,
  );
}

function objectOf(entry: unknown): Readonly<Record<string, unknown>> {
  return typeof entry === 'object' && entry !== null ? (entry as Record<string, unknown>) : {};
}

function secretsIn(login: unknown): string[] {
  const { auth, password, identitytoken } = objectOf(login);
  const decoded = typeof auth === 'string' ? Buffer.from(auth, 'base64').toString('utf8').split(':').slice(1).join(':') : undefined;
  return [auth, password, identitytoken, decoded].filter((one) => typeof one === 'string' && one !== '') as string[];
}
