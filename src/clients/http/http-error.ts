import { causesOf, connectionFailure, isUntrusted } from '../../core/connection-failure.ts';
import { messageOf } from '../../core/errors.ts';

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

/** The certificate of a host is from an authority that is not trusted here: who knows where to configure one adds the remedy. */
export class UntrustedCertificate extends HttpError {
  readonly host: string;
  constructor(host: string, words: string, cause: unknown) {
    super(`${host} ${words}: add the certificate of that authority with NODE_EXTRA_CA_CERTS`, { retry: false, cause });
    this.host = host;
  }

  /** @param remedy how to trust the authority for this host, as a sentence without its period */
  with(remedy: string): HttpError {
    return new HttpError(`${this.host} has a TLS certificate from an unknown authority: ${remedy}`, { retry: false, cause: this.cause });
  }
}

/** Describes an error thrown by undici. */
export function httpError(host: string, thrown: unknown, totalMs = 0): HttpError {
  for (const error of causesOf(thrown)) {
    // Described already by code that knew more; fetch wraps it as a cause.
    if (error instanceof HttpError) return error;
    if (error.name === 'TimeoutError') {
      const within = totalMs > 0 ? `within ${totalMs / 1000} s` : 'in time';
      return new HttpError(`${host} did not answer ${within}`, { retry: true, cause: thrown });
    }
  }
  const failure = connectionFailure(thrown);
  if (!failure) return new HttpError(`${host} could not be asked: ${messageOf(thrown)}`, { retry: true, cause: thrown });
  if (isUntrusted(failure.code)) return new UntrustedCertificate(host, failure.words, thrown);
  return new HttpError(`${host} ${failure.words}`, { retry: failure.retry, cause: thrown });
}

/** Whether a keep-alive connection was closed: then an idempotent request is worth a second attempt. */
export function isCut(thrown: unknown): boolean {
  return ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'].includes(connectionFailure(thrown)?.code ?? '');
}
