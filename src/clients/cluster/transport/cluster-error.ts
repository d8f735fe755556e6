import { ClusterError } from '../../../core/cluster.ts';
import { causesOf, connectionFailure, isUntrusted } from '../../../core/connection-failure.ts';
import { messageOf } from '../../../core/errors.ts';
import { wordsOf } from '../../../core/text/page-text.ts';
import type { HalfAnswer } from '../../http/half-answer.ts';
import { ledAway, pageInstead } from '../../http/login-page.ts';
import { proxyError } from '../../http/proxy-error.ts';

/** The URL of the API server, and the proxy used to reach it. */
export interface ServerPlace {
  readonly server: string;
  readonly proxyUrl?: string;
}

/** The relevant fields of the API's `Status` object. */
interface Status {
  readonly kind?: string;
  readonly code?: number | undefined;
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
}

/**
 * The error for an unsuccessful response. `doing` describes the request, e.g. `create Job cox-lab-runner-1/image`;
 * `body` is the text of the response: a Status object, or whatever a proxy in between sent.
 */
export function refusal(doing: string, code: number, body: string): ClusterError {
  const status = parseStatus(body);
  // Anything may say 404 in place of the API server; only its own word means that an object is gone.
  const isStranger = code === 404 && status.kind !== 'Status';
  return ofStatus(doing, { ...status, code, ...(isStranger && { reason: 'Unknown' }) });
}

/** The error for a Status object, which can also occur within a watch. */
export function ofStatus(doing: string, status: Status): ClusterError {
  const code = status.code ?? 0;
  const reason = status.reason ?? reasonOf(code);
  // An unknown field in an apply is reported as an InternalError, although the object is wrong.
  // A denial by an admission webhook or policy is permanent, whatever its code.
  const denied = /field not declared in schema|denied the request|denied request/.test(status.message ?? '');
  const serverTrouble = code >= 500 && !denied;
  // Conflict: two requests updated a quota concurrently. 401: our token was renewed, and will be reloaded.
  // A role that is not found: a server that is starting responds before it has loaded its roles.
  const passing = code === 429 || code === 401 || reason === 'Conflict' || saysOf(status.message ?? '', 'RBAC: ', 'not found');
  const retry = passing || serverTrouble;
  return new ClusterError(`Kubernetes refused to ${doing}: ${status.message ?? `HTTP ${code}`}`, { code, reason, retry });
}

/** Whether the text contains `then` somewhere after `first`. */
function saysOf(text: string, first: string, then: string): boolean {
  const at = text.indexOf(first);
  return at >= 0 && text.indexOf(then, at + first.length) >= 0;
}

/** The error for an HTML page or a redirect to one: whatever responds is not the API, or does not recognize our credentials. */
export function strangePage(doing: string, server: string, to: string | undefined): ClusterError {
  const { host } = new URL(server);
  const remedy = 'check the server and the login in the kubeconfig';
  const asked = `the Kubernetes API (${doing})`;
  const detail = to === undefined ? pageInstead(host, asked, remedy) : ledAway(host, to.slice(0, 200), asked, remedy);
  return new ClusterError(`${detail}.`, { code: 401, reason: 'Unauthorized', retry: true });
}

/** The error if no complete response arrived: refused, reset, timed out, untrusted certificate. */
export function unreachable(doing: string, { server, proxyUrl }: ServerPlace, error: unknown): ClusterError {
  const ofProxy = proxyUrl && error instanceof Error ? proxyError(proxyUrl, new URL(server).host, error)?.message : undefined;
  const message = `The Kubernetes API server at ${server} cannot be reached to ${doing}: ${ofProxy ?? describe(error)}`;
  return new ClusterError(message, { code: 0, reason: 'Unreachable', retry: true, cause: error });
}

/** The error for half an answer, which is as good as none. */
export function halfAnswer(half: HalfAnswer): ClusterError {
  return new ClusterError(half.message, { code: 0, reason: 'Unreachable', retry: true, cause: half });
}

function parseStatus(body: string): Status {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'Status') return value as Status;
  } catch {
    // Not JSON: a proxy's page, or plain text from the API server.
  }
  const text = wordsOf(body, 300);
  return text === '' ? {} : { message: text };
}

const reasons: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'Conflict',
  410: 'Expired',
  422: 'Invalid',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

function reasonOf(code: number): string {
  return reasons[code] ?? 'Unknown';
}

function describe(error: unknown): string {
  if ([...causesOf(error)].some(({ name }) => name === 'TimeoutError')) return 'it did not answer in time';
  const failure = connectionFailure(error);
  if (!failure) return messageOf(error);
  const remedy = isUntrusted(failure.code) ? ': check `certificate-authority` of its cluster in the kubeconfig' : '';
  return `it ${failure.words}${remedy}`;
}
