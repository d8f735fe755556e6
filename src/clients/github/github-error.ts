import { messageOf, UserError } from '../../core/errors.ts';

/** GitHub did not do it, and may do it later. */
export class GithubError extends Error {
  override readonly name = 'GithubError';
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly said: string;
}

/** The words for what Octokit threw; `what` is what was asked for, as "the commit 3f2a1bc of leaf-ai/x". */
export function githubError(host: string, what: string, thrown: unknown): Error {
  const answer = answerIn(thrown);
  if (!answer) return new GithubError(`${host} gave no answer about ${what}: ${messageOf(thrown)}`, { cause: thrown });
  const { status, said } = answer;
  if (status === 429 || (status === 403 && isRateLimit(answer))) {
    return new GithubError(`${host} has had enough requests for now${until(answer)}: ${what} has to wait`, { cause: thrown });
  }
  const remedy = remedies[status];
  if (remedy) return new UserError(`${host} refuses ${what} (${status} ${said}): ${remedy}`, { cause: thrown });
  return new GithubError(`${host} answers ${status} for ${what}: ${said}`, { cause: thrown });
}

const remedies: Readonly<Record<number, string>> = {
  401: 'GITHUB_TOKEN is not valid, or no longer. Make a new one.',
  403: 'GITHUB_TOKEN may not do this. It needs the right "Commit statuses: write" (fine-grained) or the scope "repo:status" (classic), and single sign-on approved where the organisation asks for it.',
  404: 'there is no such thing, or GITHUB_TOKEN may not see it. Check `github:` (owner/name) in the configuration and that the token reaches this repository.',
  422: 'it does not accept this. Has the commit been pushed to this repository? A commit can also have no more than 1,000 statuses.',
};

function answerIn(thrown: unknown): Answer | undefined {
  if (!(thrown instanceof Error) || !('response' in thrown) || !('status' in thrown)) return undefined;
  const response = thrown.response as { headers?: Record<string, unknown>; data?: { message?: unknown } } | undefined;
  if (!response || typeof thrown.status !== 'number') return undefined;
  const said = typeof response.data?.message === 'string' ? response.data.message : messageOf(thrown);
  return { status: thrown.status, headers: response.headers ?? {}, said: said.slice(0, 300) };
}

function isRateLimit({ headers, said }: Answer): boolean {
  return headers['x-ratelimit-remaining'] === '0' || headers['retry-after'] !== undefined || /rate limit/i.test(said);
}

function until({ headers }: Answer): string {
  const reset = Number(headers['x-ratelimit-reset']);
  if (headers['retry-after'] !== undefined) return ` (for ${headers['retry-after']} s)`;
  return Number.isFinite(reset) && reset > 0 ? ` (until ${new Date(reset * 1_000).toISOString()})` : '';
}
