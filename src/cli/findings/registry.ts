import { isPage } from '../../clients/http/login-page.ts';
import type { RegistryAddresses } from '../../core/config.ts';
import { messageOf } from '../../core/errors.ts';
import type { Finding } from '../../core/finding.ts';
import { inThePod } from './cache.ts';

/** The part of HTTP and of the registry that doctor needs. */
export interface Asks {
  request(url: string, request: { timeoutMs: number }): Promise<{ status: number; header?(name: string): string | undefined }>;
}

export interface Pings {
  /** The kind of login; `unproven`: the registry has not looked at the one it was given. @throws Error if it refuses access */
  ping(): Promise<{ readonly login: string; readonly unproven?: boolean }>;
}

/** A registry, and the job templates whose builders can only log in with tokens. */
export interface SeenRegistry extends Pings {
  readonly tokenBuilders: readonly string[];
}

const patience = 8000;

/** The registry's three addresses. Only `api` is used by the bot; `push` and `pull` can only be verified from pods and nodes. */
export async function registryFindings({ api, push, pull }: RegistryAddresses, registry: SeenRegistry, http: Asks): Promise<Finding[]> {
  return Promise.all([apiFinding(api, registry), pushFinding(push, http), pullFinding(pull, http)]);
}

async function apiFinding(api: string, registry: SeenRegistry): Promise<Finding> {
  const about = 'Registry: api, address used by the bot';
  try {
    return loginFinding(about, api, await registry.ping(), registry.tokenBuilders);
  } catch (error) {
    const next = `Try it from the same place: curl ${api}/v2/. A password comes from REGISTRY_USERNAME and REGISTRY_PASSWORD.`;
    return { about, state: 'failed', evidence: messageOf(error), next };
  }
}

/** An external registry, accessed as the bot does. `settings`: prefix of its login's environment variables. */
export async function externalRegistryFinding(name: string, api: string, settings: string, registry: SeenRegistry): Promise<Finding> {
  const about = `External registry: ${name}`;
  try {
    return loginFinding(about, api, await registry.ping(), registry.tokenBuilders);
  } catch (error) {
    const next = `Try it from the same place: curl ${api}/v2/. The login is ${settings}_USERNAME and ${settings}_PASSWORD, the certificate authority \`ca\`.`;
    return { about, state: 'failed', evidence: messageOf(error), next };
  }
}

/** A registry with basic authentication answers every push of a builder that can only log in with tokens with 401. */
function loginFinding(
  about: string,
  api: string,
  { login, unproven }: Awaited<ReturnType<Pings['ping']>>,
  builders: readonly string[],
): Finding {
  if (unproven) {
    const evidence = `${api} answers without a login, and has not looked at the one it was given: a wrong one shows when something is pushed`;
    return { about, state: 'ok', evidence };
  }
  if (login !== 'basic' || builders.length === 0) return { about, state: 'ok', evidence: `${api} accepts the login (${login})` };
  const evidence = `${api} accepts the password directly (basic); the builder of ${builders.join(', ')} can only log in with tokens, so its pushes would fail with 401`;
  return { about, state: 'warning', evidence, next: 'Configure it to use tokens (Bearer), or push with a template of another builder.' };
}

async function pushFinding(push: string, http: Asks): Promise<Finding> {
  const about = 'Registry: push, address used by pods';
  const answer = await answerOf(push, http);
  if (answer !== undefined)
    return { about, state: 'ok', evidence: `${push} answers here (${answer}); if this runs in the bot's pod, other pods can reach it too` };
  return { about, state: 'unknown', evidence: `${push} does not answer here; pods may still reach it`, next: inThePod };
}

/** A node needs configuration to pull without TLS, except from `localhost`. */
async function pullFinding(pull: string, http: Asks): Promise<Finding> {
  const about = 'Registry: pull, address used by nodes';
  const answer = await answerOf(pull, http);
  const seen = answer === undefined ? 'does not answer here' : `answers here (${answer})`;
  const onNode = `On a node: crictl pull ${pull}/<an image that has been pushed>`;
  const plain =
    /^(localhost|127\.)/.test(pull) || answer === 'https'
      ? ''
      : `; plain HTTP needs a mirror for ${pull} in containerd's registry configuration`;
  return { about, state: 'unknown', evidence: `${pull} ${seen}; can only be verified on a node`, next: `${onNode}${plain}` };
}

/** The scheme with which an address responds like a registry. */
async function answerOf(address: string, http: Asks): Promise<'https' | 'http' | undefined> {
  for (const scheme of ['https', 'http'] as const) {
    try {
      const { status, header } = await http.request(`${scheme}://${address}/v2/`, { timeoutMs: patience });
      if (status === 401 || (status === 200 && !isPage({ status, header: (name) => header?.(name) }))) return scheme;
    } catch {
      // No response with this scheme is one of the expected results.
    }
  }
  return undefined;
}
