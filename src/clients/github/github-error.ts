import { messageOf, UserError } from '../../core/errors.ts';
import { plainLine } from '../../core/text/plain-line.ts';
import { machineTime } from '../../core/time/clock.ts';
import { HalfAnswer } from '../http/half-answer.ts';
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

/** A response with which GitHub refuses something. */
export interface Refused {
  readonly status: number;
  readonly message: string;
  readonly refusals: readonly GithubRefusal[];
  /** The path that was called: for a GitHub App, this may be the one for its token. */
  readonly path: string;
  /** Where single sign-on can be approved. */
  readonly sso?: string;
}

/** What to do about a response, by its status. */
export interface Remedies {
  readonly 401: string;
  readonly 403: string;
  readonly 404: string;
  /** Absent: a conflict passes by itself. */
  readonly 409?: string;
  readonly 422: string;
  /** The whole sentence for a known refusal, instead of GitHub's message and the general remedy. */
  readonly refused?: (refusals: readonly GithubRefusal[]) => string | undefined;
  /** The remedy for a known cause, whatever the status. */
  readonly known?: (refused: Refused) => string | undefined;
}

interface Answer extends Refused {
  readonly headers: Readonly<Record<string, unknown>>;
  readonly host: string;
  /** Whether it has the form of all errors of GitHub: JSON with a message. */
  readonly isGithubs: boolean;
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

/** The response, undefined if GitHub responds that there is no such object. @throws HalfAnswer if another server says so in its place */
export async function orNone<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    const answer = answerIn(error);
    if (answer?.status !== 404) throw error;
    if (answer.isGithubs) return undefined;
    throw new HalfAnswer(
      answer.host,
      answer.path,
      'its status is 404, but not in the words of GitHub: check GITHUB_API_URL, and any gateway in between',
      error,
    );
  }
}

/** The refusals in a 422 response, none for any other error. */
export function refusalsIn(thrown: unknown): readonly GithubRefusal[] {
  const answer = answerIn(thrown);
  return answer?.status === 422 ? answer.refusals : [];
}

/** Whether a request of Octokit failed without an answer from which to tell whether it was carried out. */
export function hasNoAnswer(thrown: unknown): boolean {
  if (!(thrown instanceof Error) || !('status' in thrown)) return false;
  const { status = 500 } = answerIn(thrown) ?? {};
  return status >= 500 || status === 408;
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
  const remedy = status < 500 ? (remedies.known?.(answer) ?? byStatus(remedies, status)) : undefined;
  if (remedy) return new UserError(refusal(`${host} refuses ${what}`, answer, remedy), { cause });
  return new GithubError(`${host} answers ${status} for ${what}: ${said}`, {
    cause,
    retry: status >= 500 || status === 408 || status === 409,
  });
}

function byStatus(remedies: Remedies, status: number): string | undefined {
  return status === 401 || status === 403 || status === 404 || status === 409 || status === 422 ? remedies[status] : undefined;
}

/** Where a sentence is shown in few characters, its remedy must not be what is cut off. */
const shownCharacters = 380;

function refusal(what: string, answer: Answer, remedy: string): string {
  const room = shownCharacters - `${what} (${answer.status} ): ${remedy}`.length;
  return `${what} (${answer.status} ${plainLine(fullMessage(answer), Math.max(60, room))}): ${remedy}`;
}

interface SentResponse {
  readonly url?: string;
  readonly headers?: Record<string, unknown>;
  readonly data?: { readonly message?: unknown; readonly errors?: unknown };
}

function answerIn(thrown: unknown): Answer | undefined {
  if (!(thrown instanceof Error) || !('response' in thrown) || !('status' in thrown)) return undefined;
  const response = thrown.response as SentResponse | undefined;
  if (!response || typeof thrown.status !== 'number') return undefined;
  const { headers = {}, data, url = '' } = response;
  const said = typeof data === 'string' ? withoutTags(data) : data?.message;
  const errors: unknown[] = Array.isArray(data?.errors) ? data.errors : [];
  const sso = ssoIn(headers);
  const { host = '', pathname = '' } = URL.canParse(url) ? new URL(url) : {};
  return {
    status: thrown.status,
    headers,
    // Octokit would show the whole answer instead.
    message: (typeof said === 'string' && plainLine(said, 300)) || 'no reason given',
    refusals: errors.map(refusalFrom),
    host,
    path: pathname,
    isGithubs: typeof data === 'object' && typeof data.message === 'string',
    ...(sso && { sso }),
  };
}

/** The text of an HTML page of a proxy or a gateway; any other text as it is. */
function withoutTags(text: string): string {
  const start = text.slice(0, 4_000);
  if (!start.includes('<')) return start;
  return start
    .split('<')
    .map((part, index) => (index === 0 ? part : part.slice(part.indexOf('>') + 1 || part.length)))
    .join(' ');
}

/** `required; url=https://github.com/orgs/acme/sso?authorization_request=…` */
function ssoIn(headers: Readonly<Record<string, unknown>>): string | undefined {
  const [, url = ''] =
    /(?:^|;) *url=(https:\/\/[\w.~:/?#@!$&'()*+,=%-]{1,500})/.exec(String(headers['x-github-sso'] ?? '').slice(0, 1_000)) ?? [];
  return URL.canParse(url) ? url : undefined;
}

function refusalFrom(error: unknown): GithubRefusal {
  if (typeof error === 'string') return { message: error };
  const { field, code, message } = (error ?? {}) as Record<string, unknown>;
  return {
    ...(typeof field === 'string' && { field }),
    ...(typeof code === 'string' && { code }),
    ...(typeof message === 'string' && { message }),
  };
}

/** GitHub's message with its reasons; "Validation Failed" alone is not helpful. */
function fullMessage({ message: said, refusals }: Refused): string {
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
