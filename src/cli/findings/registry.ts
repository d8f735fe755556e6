import { isPage } from '../../clients/http/login-page.ts';
import type { RegistryAddresses } from '../../core/config.ts';
import { messageOf } from '../../core/errors.ts';
import type { Finding } from '../../core/finding.ts';
import { isPlain } from '../../core/plain-http.ts';
import { inThePod } from './cache.ts';

/** The part of HTTP and of the registry that doctor needs. */
export interface Asks {
  request(url: string, request: { timeoutMs: number }): Promise<{ status: number; header?(name: string): string | undefined }>;
}

export interface Pings {
  /** The kind of login; `unproven`: the registry has not looked at the one it was given. @throws Error if it refuses access */
  ping(): Promise<{ readonly login: string; readonly unproven?: boolean }>;
}

/** A registry, and what builders such as Makisu push there themselves, which log in with tokens only and need absolute addresses. */
export interface SeenRegistry extends Pings {
  /** Their job templates. */
  readonly tokenBuilders: readonly string[];
  /** Begins an upload under the name of one of their images, and cancels it; absent if there are none. @throws Error if it is refused */
  beginUpload?(): Promise<{ readonly login: string; readonly repository: string; readonly relative: boolean; readonly cancelled: boolean }>;
}

const patience = 8000;

/** The registry's three addresses. Only `api` is used by the bot; `push` and `pull` can only be verified from pods and nodes. */
export async function registryFindings(at: RegistryAddresses, registry: SeenRegistry, http: Asks): Promise<Finding[]> {
  return Promise.all([apiFinding(at.api, registry), pushFinding(at, http), pullFinding(at.pull, http)]);
}

async function apiFinding(api: string, registry: SeenRegistry): Promise<Finding> {
  const about = 'Registry: api, address used by the bot';
  try {
    return await accessFinding(about, api, registry);
  } catch (error) {
    const next = `Try it from the same place: curl ${api}/v2/. A password comes from REGISTRY_USERNAME and REGISTRY_PASSWORD.`;
    return { about, state: 'failed', evidence: messageOf(error), next };
  }
}

/** An external registry, accessed as the bot does. `settings`: prefix of its login's environment variables. */
export async function externalRegistryFinding(name: string, api: string, settings: string, registry: SeenRegistry): Promise<Finding> {
  const about = `External registry: ${name}`;
  try {
    return await accessFinding(about, api, registry);
  } catch (error) {
    const next = `Try it from the same place: curl ${api}/v2/. The login is ${settings}_USERNAME and ${settings}_PASSWORD, the certificate authority \`ca\`.`;
    return { about, state: 'failed', evidence: messageOf(error), next };
  }
}

/** Whether it grants access, and whether the builders of its images can push there. */
async function accessFinding(about: string, api: string, registry: SeenRegistry): Promise<Finding> {
  const { login, unproven } = await registry.ping();
  const builders = registry.tokenBuilders.join(', ');
  if (login === 'basic' && builders) return passwordFinding(about, api, builders);
  const begun = builders ? await registry.beginUpload?.() : undefined;
  if (begun?.login === 'basic') return passwordFinding(about, api, builders);
  const left =
    begun && !begun.cancelled
      ? `; the upload of ${begun.repository} that was begun to see this could not be cancelled, and goes when the registry cleans up`
      : '';
  if (begun?.relative) {
    const evidence = `${api} answers an upload with a relative Location, so Makisu (template ${builders}) cannot push there${left}`;
    return { about, state: 'warning', evidence, next: instead };
  }
  if (begun) return { about, state: 'ok', evidence: `${api} accepts the login (${begun.login}), and a push can begin${left}` };
  if (unproven) {
    const evidence = `${api} answers without a login, and has not looked at the one it was given: a wrong one shows when something is pushed`;
    return { about, state: 'ok', evidence };
  }
  return { about, state: 'ok', evidence: `${api} accepts the login (${login})` };
}

const instead =
  'Set `push: copy` in the stages and images that it builds, so that skopeo pushes them; release the tested image with `template: release-copy`.';

/** A registry with basic authentication answers every push of a builder that can only log in with tokens with 401. */
function passwordFinding(about: string, api: string, builders: string): Finding {
  const evidence = `${api} accepts the password directly (basic); the builder of ${builders} can only log in with tokens, so its pushes would fail with 401`;
  return { about, state: 'warning', evidence, next: `${instead} Or configure the registry to use tokens (Bearer).` };
}

async function pushFinding(at: RegistryAddresses, http: Asks): Promise<Finding> {
  const about = 'Registry: push, address used by pods';
  const { push } = at;
  const answer = await answerOf(push, http);
  const used = isPlain(at) ? 'http' : 'https';
  if (answer !== undefined && answer !== used) {
    const evidence = `${push} answers here by ${answer}, but pods use ${used === 'http' ? 'plain HTTP, and verify no TLS' : 'TLS'}`;
    const next = `Set \`plain: ${answer === 'http'}\` in \`registry\`${answer === 'http' ? ' if plain HTTP is intended' : ''}, or correct \`push\`.`;
    return { about, state: 'warning', evidence, next };
  }
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
