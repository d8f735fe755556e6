/** Why a connection or a response failed: words to follow the name of the host, and whether the same request may succeed later. */
export interface ConnectionFailure {
  /** The error code of Node, undici or OpenSSL. */
  readonly code: string;
  readonly words: string;
  readonly retry: boolean;
}

const cutOff = 'closed the connection before the answer was complete';
const noTls = 'does not speak TLS here: is it an http address?';
const unresolved = 'cannot be resolved at the moment: the name server does not answer';

/** By error code of Node (errno), c-ares and undici (UND_ERR_*). These may pass. */
const passing: Readonly<Record<string, string>> = {
  ENOTFOUND: 'has no address: the name cannot be resolved (ENOTFOUND); check it and the DNS of this machine',
  ENODATA: 'has no address: the name cannot be resolved (ENODATA); check it and the DNS of this machine',
  EAI_AGAIN: `${unresolved} (EAI_AGAIN)`,
  EAI_FAIL: `${unresolved} (EAI_FAIL)`,
  ESERVFAIL: `${unresolved} (ESERVFAIL)`,
  ECONNREFUSED: 'refuses the connection (ECONNREFUSED): nothing is listening on this port',
  ECONNRESET: 'closed the connection (ECONNRESET)',
  ECONNABORTED: 'closed the connection (ECONNABORTED)',
  EPIPE: 'closed the connection (EPIPE)',
  UND_ERR_SOCKET: cutOff,
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: cutOff,
  ERR_STREAM_PREMATURE_CLOSE: cutOff,
  HPE_INVALID_EOF_STATE: cutOff,
  HPE_CLOSED_CONNECTION: cutOff,
  EHOSTUNREACH: 'cannot be reached from this machine (EHOSTUNREACH)',
  EHOSTDOWN: 'cannot be reached from this machine (EHOSTDOWN)',
  ENETUNREACH: 'cannot be reached from this machine (ENETUNREACH)',
  ENETDOWN: 'cannot be reached from this machine (ENETDOWN)',
  EADDRNOTAVAIL: 'cannot be reached from this machine (EADDRNOTAVAIL)',
  ETIMEDOUT: 'does not answer (ETIMEDOUT)',
  EMFILE: 'cannot be reached, because this process has too many files open (EMFILE)',
  ENFILE: 'cannot be reached, because this machine has too many files open (ENFILE)',
  UND_ERR_CONNECT_TIMEOUT: 'did not accept the connection in time',
  ERR_TLS_HANDSHAKE_TIMEOUT: 'did not complete the TLS handshake in time',
  UND_ERR_HEADERS_TIMEOUT: 'did not start to answer in time',
  UND_ERR_BODY_TIMEOUT: 'stopped in the middle of its answer',
  UND_ERR_DESTROYED: 'was not asked, because coxswain is closing its connections',
  UND_ERR_CLOSED: 'was not asked, because coxswain is closing its connections',
  UND_ERR_ABORTED: 'was not waited for any longer',
};

/** These need somebody to change something. */
const permanent: Readonly<Record<string, string>> = {
  EACCES: 'cannot be reached, because this machine does not allow the connection (EACCES)',
  EPERM: 'cannot be reached, because this machine does not allow the connection (EPERM): check its firewall',
  EINVAL: 'has an address that cannot be connected to (EINVAL)',
  ERR_SOCKET_BAD_PORT: 'has a port that does not exist: ports are 1 to 65535',
  ERR_INVALID_CHAR: 'was not asked, because a login or header for it contains characters that HTTP does not allow',
  CERT_HAS_EXPIRED: 'has a TLS certificate that has expired (CERT_HAS_EXPIRED)',
  CERT_NOT_YET_VALID: 'has a TLS certificate that is not valid yet (CERT_NOT_YET_VALID): check its clock and that of this machine',
  CERT_REVOKED: 'has a TLS certificate that was revoked (CERT_REVOKED)',
  ERR_TLS_CERT_ALTNAME_INVALID: 'has a TLS certificate for another name (ERR_TLS_CERT_ALTNAME_INVALID)',
  HOSTNAME_MISMATCH: 'has a TLS certificate for another name (HOSTNAME_MISMATCH)',
  UND_ERR_HEADERS_OVERFLOW: 'sends headers that are too large (UND_ERR_HEADERS_OVERFLOW)',
  HPE_HEADER_OVERFLOW: 'sends headers that are too large (HPE_HEADER_OVERFLOW)',
};

const untrusted = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_UNTRUSTED',
  'CERT_CHAIN_TOO_LONG',
  'CERT_SIGNATURE_FAILURE',
  'INVALID_CA',
]);

/** Whether the error code says that the certificate is from an authority that is not trusted here. */
export function isUntrusted(code: string): boolean {
  return untrusted.has(code);
}

/** Words for OpenSSL's reasons; its own texts ("error:0A00010B:SSL routines…") are for developers. */
const tlsReasons: readonly (readonly [reason: RegExp, words: (reason: string) => string, retry?: true])[] = [
  [/wrong version number|packet length too long|http request|unknown protocol|bad record type|unexpected message/, () => noTls],
  [
    /protocol version|unsupported protocol|version too low|no protocols/,
    (reason) => `does not speak a version of TLS that is still secure (${reason}): allow TLS 1.2 or 1.3 there`,
  ],
  [/unrecognized name/, (reason) => `has no TLS certificate for this name (${reason}): check the name`],
  [/too small|too weak/, (reason) => `has a TLS key or certificate that is too weak (${reason}): renew it`],
  [/internal error/, (reason) => `fails at TLS (${reason})`, true],
  [
    /handshake failure|certificate required|alert bad certificate|no shared cipher|alert certificate unknown|alert unknown ca/,
    (reason) => `refuses the TLS connection (${reason}): it may require a client certificate, which coxswain does not have`,
  ],
];

/** Undefined if the error is not one of a connection. */
export function connectionFailure(thrown: unknown): ConnectionFailure | undefined {
  for (const error of causesOf(thrown)) {
    const found = failureIn(error);
    if (found) return found;
  }
  return undefined;
}

/** The same without looking at its causes. */
export function failureIn(error: Error): ConnectionFailure | undefined {
  return ofSeveral(error) ?? ofOne(error);
}

/** An error and its causes, outermost first; a chain of causes may be a circle. Slack's library calls the cause `original`. */
export function* causesOf(thrown: unknown): Generator<Error> {
  const seen = new Set<unknown>();
  for (
    let error = thrown;
    error instanceof Error && !seen.has(error);
    error = error.cause ?? (error as { readonly original?: unknown }).original
  ) {
    seen.add(error);
    yield error;
  }
}

/** Node reports the failed addresses of one name as one AggregateError, which has no message. */
function ofSeveral(error: Error): ConnectionFailure | undefined {
  if (!(error instanceof AggregateError) || error.errors.length === 0) return undefined;
  const tries = error.errors.flatMap((one: unknown) => {
    const failure = connectionFailure(one);
    return failure ? [{ ...failure, address: addressOf(one) }] : [];
  });
  const [first] = tries;
  if (!first) return undefined;
  const addresses = [...new Set(tries.map(({ address }) => address).filter(Boolean))];
  if (tries.every(({ code }) => code === first.code)) {
    const [what, ...advice] = first.words.split(': ');
    const at = addresses.length > 1 ? ` at ${addresses.join(' and ')}` : '';
    return { code: first.code, retry: first.retry, words: [`${what}${at}`, ...advice].join(': ') };
  }
  const each = tries.map(({ address, words }) => `${address || 'one of them'} ${words}`);
  return { code: first.code, retry: tries.some(({ retry }) => retry), words: `cannot be reached at any address; ${each.join('; ')}` };
}

function ofOne(error: Error): ConnectionFailure | undefined {
  const code = codeOf(error);
  const failure = (words: string, retry: boolean) => ({ code, words, retry });
  // Fetch refuses some ports: https://fetch.spec.whatwg.org/#bad-port
  if (code === '' && error.message === 'bad port') return failure('has a port that is reserved for another protocol', false);
  if (untrusted.has(code)) return failure(`has a TLS certificate from an unknown authority (${code})`, false);
  const [later, never] = [passing, permanent].map((table) => (Object.hasOwn(table, code) ? table[code] : undefined));
  if (later) return failure(later, true);
  if (never) return failure(never, false);
  const reason = tlsReason(error, code);
  if (reason !== undefined) {
    const [, words, retry = false] = tlsReasons.find(([form]) => form.test(reason)) ?? [];
    return failure(words?.(reason) ?? `does not complete the TLS handshake (${reason || code})`, retry ?? false);
  }
  if (code.startsWith('HPE_')) return ofHttp(code, error.message);
  return /^(UND_ERR|EAI)_/.test(code) ? failure(`could not be asked (${code})`, true) : undefined;
}

/** undici gives most of these no code, but llhttp's reason in parentheses. */
function ofHttp(code: string, message: string): ConnectionFailure {
  const [, reason] = /\(([^()]+)\)$/.exec(message) ?? [];
  if (code === 'HPE_INVALID_CONSTANT' || /^Expected HTTP|^Invalid HTTP version/.test(reason ?? ''))
    return { code, words: 'does not answer with HTTP: is it an https address, or another service?', retry: false };
  if (/Invalid EOF state|Data after `Connection: close`/.test(reason ?? '')) return { code, words: cutOff, retry: true };
  const detail = reason ?? code;
  return { code, words: `sent an answer that is not valid HTTP (${detail}): look at the proxies in front of it`, retry: true };
}

function codeOf(error: Error): string {
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error.name === 'HTTPParserError' ? 'HPE_' : '';
}

function addressOf(error: unknown): string {
  const { address } = error as { readonly address?: unknown };
  return typeof address === 'string' ? address : '';
}

/** OpenSSL's reason, such as "wrong version number"; undefined if the error is none of OpenSSL's. */
function tlsReason(error: Error, code: string): string | undefined {
  const named = /^ERR_SSL_(.+)$/.exec(code)?.[1]?.toLowerCase().replaceAll('_', ' ');
  const [, inText] = /SSL routines:[^:]*:([^:\n]+)/.exec(error.message) ?? [];
  return inText?.trim() ?? named ?? (code === 'EPROTO' ? '' : undefined);
}
