/** The beginning of a response. */
export interface HttpHead {
  readonly status: number;
  /** By lower-case name; undefined if the server did not send it. */
  header(name: string): string | undefined;
}

/** A request that got no usable response: host and what happened, in words. `retry`: the same request may succeed later. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly retry: boolean;
  /** Retrying before this time is pointless, because the host said so. */
  readonly retryAt?: Date;
  /** What had arrived before the body failed: too long, cut off, stalled. */
  head?: HttpHead;

  constructor(message: string, detail: { retry: boolean; retryAt?: Date | undefined; cause?: unknown }) {
    super(message, { cause: detail.cause });
    this.retry = detail.retry;
    if (detail.retryAt) this.retryAt = detail.retryAt;
  }
}

/** What happened, by the error code of Node (errno), undici (UND_ERR_*) or OpenSSL. */
const happened: Readonly<Record<string, string>> = {
  ENOTFOUND: 'has no address: the name cannot be resolved (ENOTFOUND); check it and the DNS of this machine',
  EAI_AGAIN: 'cannot be resolved at the moment: the name server does not answer (EAI_AGAIN)',
  ECONNREFUSED: 'refuses the connection (ECONNREFUSED): nothing is listening on this port',
  ECONNRESET: 'closed the connection (ECONNRESET)',
  EPIPE: 'closed the connection (EPIPE)',
  UND_ERR_SOCKET: 'closed the connection before the answer was complete',
  EHOSTUNREACH: 'cannot be reached from this machine (EHOSTUNREACH)',
  ENETUNREACH: 'cannot be reached from this machine (ENETUNREACH)',
  ETIMEDOUT: 'does not answer (ETIMEDOUT)',
  UND_ERR_CONNECT_TIMEOUT: 'did not accept the connection in time',
  UND_ERR_HEADERS_TIMEOUT: 'did not start to answer in time',
  UND_ERR_BODY_TIMEOUT: 'stopped in the middle of its answer',
  EPROTO: 'does not speak TLS here: is it an http address?',
  ERR_SSL_WRONG_VERSION_NUMBER: 'does not speak TLS here: is it an http address?',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'does not speak TLS here: is it an http address?',
  CERT_HAS_EXPIRED: 'has a TLS certificate that has expired (CERT_HAS_EXPIRED)',
  ERR_TLS_CERT_ALTNAME_INVALID: 'has a TLS certificate for another name (ERR_TLS_CERT_ALTNAME_INVALID)',
};

const untrusted = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
]);

const permanent = new Set([...untrusted, 'EPROTO', 'CERT_HAS_EXPIRED', 'ERR_TLS_CERT_ALTNAME_INVALID']);

/** Describes an error thrown by undici. */
export function httpError(host: string, thrown: unknown, totalMs = 0): HttpError {
  const said = messageIn(thrown);
  if (said) return said;
  const code = codeOf(thrown);
  const retry = !permanent.has(code) && !/^(ERR_SSL|HPE)_/.test(code);
  return new HttpError(`${host} ${wordsFor(code, thrown, totalMs)}`, { retry, cause: thrown });
}

/** Whether a keep-alive connection was closed: then an idempotent request is worth a second attempt. */
export function isCut(thrown: unknown): boolean {
  return ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'].includes(codeOf(thrown));
}

function wordsFor(code: string, thrown: unknown, totalMs: number): string {
  if (thrown instanceof Error && thrown.name === 'TimeoutError') return `did not answer within ${totalMs / 1000} s`;
  if (untrusted.has(code)) {
    return `has a TLS certificate from an unknown authority (${code}): add the certificate of the authority with NODE_EXTRA_CA_CERTS, or with \`ca\` for one of \`registries\``;
  }
  if (code.startsWith('HPE_')) return 'does not answer with HTTP: is it an https address, or another service?';
  const known = Object.hasOwn(happened, code) ? happened[code] : undefined;
  return known ?? `request failed: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
}

/** An error that was already described by code that knew more; fetch wraps it as a cause. */
function messageIn(thrown: unknown): HttpError | undefined {
  for (let error = thrown; error instanceof Error; error = error.cause) if (error instanceof HttpError) return error;
  return undefined;
}

/** Node reports several failed addresses of one name as one AggregateError. */
function codeOf(thrown: unknown): string {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    if ('code' in error && typeof error.code === 'string') return error.code;
    if (error.name === 'HTTPParserError') return 'HPE_';
    if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  }
  return '';
}
