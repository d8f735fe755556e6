import { messageOf, UserError } from '../../core/errors.ts';
import { plainLine } from '../../core/text/plain-line.ts';
import { machineTime } from '../../core/time/clock.ts';
import { waitIn } from '../http/host-limits.ts';

interface GithubErrorOptions extends ErrorOptions {
  readonly retry?: boolean;
  readonly retryAt?: Date;
}

/** A request to GitHub failed. */
export class GithubError extends Error {
  override readonly name = 'GithubError';
  /** Whether the same step can succeed later; every step may be retried, starting from the first. */
  readonly retry: boolean;
  /** Retrying before this time is pointless. */
  readonly retryAt?: Date;

  constructor(message: string, { retry = true, retryAt, ...options }: GithubErrorOptions = {}) {
    super(message, options);
    this.retry = retry;
    if (retryAt) this.retryAt = retryAt;
  }
}

/** One of `errors` in a 422 response. `code` is `already_exists`, `invalid`, `custom` …; only `custom` has a message. */
export interface GithubRefusal {
  readonly field?: string;
  readonly code?: string;
  readonly message?: string;
}

/** What to do about a response, by its status. */
export interface Remedies {
  readonly 401: string;
  readonly 403: string;
  readonly 404: string;
  /** The whole sentence for a known refusal, instead of GitHub's message and the general remedy. */
  readonly refused?: (refusals: readonly GithubRefusal[]) => string | undefined;
  readonly 422: string;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly message: string;
  readonly refusals: readonly GithubRefusal[];
}

/** Makes a request and describes errors; `what` is the requested object, such as "the commit 3f2a1bc of leaf-ai/x". */
export type GithubRequest = <T>(what: string, call: () => Promise<T>) => Promise<T>;

export function withGithubErrors(host: string, remedies: Remedies): GithubRequest {
  return async (what, call) => {
    try {
      return await call();
    } catch (error) {
      // All errors of Octokit have a status, even without a response; any other error is local.
      throw error instanceof Error && 'status' in error ? githubError(host, what, error, remedies) : error;
    }
  };
}

/** The response, undefined if GitHub responds that there is no such object. */
export async function orNone<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (answerIn(error)?.status === 404) return undefined;
    throw error;
  }
}

/** The refusals in a 422 response, none for any other error. */
export function refusalsIn(thrown: unknown): readonly GithubRefusal[] {
  const answer = answerIn(thrown);
  return answer?.status === 422 ? answer.refusals : [];
}

function githubError(host: string, what: string, thrown: unknown, remedies: Remedies): Error {
  const answer = answerIn(thrown);
  const cause = thrown;
  if (!answer) return new GithubError(`${host} gave no answer about ${what}: ${messageOf(thrown)}`, { cause });
  const { status, message: said } = answer;
  if (status === 429 || (status === 403 && isRateLimit(answer))) {
    const retryAt = freeAgain(answer);
    const until = retryAt ? ` (until ${retryAt.toISOString()})` : '';
    return new GithubError(`${host} has reached its rate limit${until}: ${what} has to wait`, { cause, ...(retryAt && { retryAt }) });
  }
  const known = status === 422 ? remedies.refused?.(answer.refusals) : undefined;
  if (known) return new UserError(`${host} refuses ${what}: ${known}`, { cause });
  if (status === 401 || status === 403 || status === 404 || status === 422) {
    return new UserError(`${host} refuses ${what} (${status} ${fullMessage(answer)}): ${remedies[status]}`, { cause });
  }
  return new GithubError(`${host} answers ${status} for ${what}: ${said}`, {
    cause,
    retry: status >= 500 || status === 408 || status === 409,
  });
}

function answerIn(thrown: unknown): Answer | undefined {
  if (!(thrown instanceof Error) || !('response' in thrown) || !('status' in thrown)) return undefined;
  const response = thrown.response as { headers?: Record<string, unknown>; data?: { message?: unknown; errors?: unknown } } | undefined;
  if (!response || typeof thrown.status !== 'number') return undefined;
  const said = typeof response.data?.message === 'string' ? response.data.message : messageOf(thrown);
  const errors: unknown[] = Array.isArray(response.data?.errors) ? response.data.errors : [];
  return { status: thrown.status, headers: response.headers ?? {}, message: plainLine(said, 300), refusals: errors.map(refusal) };
}

function refusal(error: unknown): GithubRefusal {
  if (typeof error === 'string') return { message: error };
  const { field, code, message } = (error ?? {}) as Record<string, unknown>;
  return {
    ...(typeof field === 'string' && { field }),
    ...(typeof code === 'string' && { code }),
    ...(typeof message === 'string' && { message }),
  };
}

/** GitHub's message with its reasons; "Validation Failed" alone is not helpful. */
function fullMessage({ message: said, refusals }: Answer): string {
  const reasons = refusals.map(({ field, code, message }) => message ?? [field, code].filter(Boolean).join(' '));
  return plainLine([said, ...reasons].filter(Boolean).join('; '), 600);
}

function isRateLimit({ headers, message: said }: Answer): boolean {
  return headers['x-ratelimit-remaining'] === '0' || headers['retry-after'] !== undefined || /rate limit/i.test(said);
}

function freeAgain({ headers }: Answer): Date | undefined {
  const said = (name: string) => (headers[name] === undefined ? undefined : String(headers[name]));
  const reset = headers['x-ratelimit-remaining'] === '0' ? said('x-ratelimit-reset') : undefined;
  const wait = waitIn({ retryAfter: said('retry-after'), reset, date: said('date') });
  return wait ? new Date(machineTime().getTime() + wait) : undefined;
}
