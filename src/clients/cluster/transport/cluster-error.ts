import { ClusterError } from '../../../core/cluster.ts';
import { messageOf } from '../../../core/errors.ts';
import { plainLine } from '../../../core/text/plain-line.ts';
import { ledAway, pageInstead } from '../../http/login-page.ts';
import { proxyError } from '../../http/proxy-error.ts';

/** Where the API server is asked, and through which proxy. */
export interface ServerPlace {
  readonly server: string;
  readonly proxyUrl?: string;
}

/** The part of a `Status` object of the API that matters here. */
interface Status {
  readonly kind?: string;
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
}

/**
 * The error for an answer that is no success. `doing` says what was asked, e.g. `create Job cox-lab-runner-1/image`;
 * `body` is the answer's text: a Status object, or whatever a proxy in between sent.
 */
export function refusal(doing: string, code: number, body: string): ClusterError {
  return ofStatus(doing, { ...parseStatus(body), code });
}

/** The error for a Status object, which also comes inside of a watch. */
export function ofStatus(doing: string, status: Status): ClusterError {
  const code = status.code ?? 0;
  const reason = status.reason ?? reasonOf(code);
  // An unknown field in an apply comes as an InternalError, but it is the object that is wrong.
  // Denied by an admission webhook or policy is denied for good, whatever code it gives.
  const denied = /field not declared in schema|denied the request|denied request/.test(status.message ?? '');
  const serverTrouble = code >= 500 && !denied;
  // Conflict: a quota was counted by two requests at once. 401: our token was renewed, and is read anew.
  // A role that is not found: a server that starts answers before it has read its roles.
  const passing = code === 429 || code === 401 || reason === 'Conflict' || saysOf(status.message ?? '', 'RBAC: ', 'not found');
  const retry = passing || serverTrouble;
  return new ClusterError(`Kubernetes refused to ${doing}: ${status.message ?? `HTTP ${code}`}`, { code, reason, retry });
}

/** Whether a text says one thing somewhere behind another. */
function saysOf(text: string, first: string, then: string): boolean {
  const at = text.indexOf(first);
  return at >= 0 && text.indexOf(then, at + first.length) >= 0;
}

/** The error where a page for people came, or an address to look for one: what is asked there is not the API, or does not know us. */
export function strangePage(doing: string, server: string, to: string | undefined): ClusterError {
  const { host } = new URL(server);
  const remedy = 'check the server and the login in the kubeconfig';
  const asked = `the Kubernetes API (${doing})`;
  const said = to === undefined ? pageInstead(host, asked, remedy) : ledAway(host, to.slice(0, 200), asked, remedy);
  return new ClusterError(`${said}.`, { code: 401, reason: 'Unauthorized', retry: true });
}

/** The error where no whole answer came: refused, reset, timed out, a certificate that is not trusted. */
export function unreachable(doing: string, { server, proxyUrl }: ServerPlace, error: unknown): ClusterError {
  const cause = rootOf(error);
  const ofProxy = proxyUrl && cause instanceof Error ? proxyError(proxyUrl, new URL(server).host, cause)?.message : undefined;
  const message = `The Kubernetes API server at ${server} cannot be reached to ${doing}: ${ofProxy ?? describe(cause)}`;
  return new ClusterError(message, { code: 0, reason: 'Unreachable', retry: true, cause: error });
}

function parseStatus(body: string): Status {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'Status') return value as Status;
  } catch {
    // Not JSON: a proxy's page, or plain text of the API server.
  }
  const text = plainLine(body, 300);
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

/** undici says only "fetch failed"; what happened stands in the cause, which may be several errors (one per address). */
function rootOf(error: unknown): unknown {
  if (error instanceof AggregateError && error.errors.length > 0) return rootOf(error.errors[0]);
  return error instanceof Error && error.cause instanceof Error ? rootOf(error.cause) : error;
}

function describe(cause: unknown): string {
  if (cause instanceof Error && cause.name === 'TimeoutError') return 'it did not answer in time';
  const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  const message = messageOf(cause);
  return code === '' || message.includes(code) ? message : `${message} (${code})`;
}
