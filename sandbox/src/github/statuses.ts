import { type Answer, created, fieldsOf, ok, pageOf, type RepositoryCall, textIn } from './call.ts';
import { invalid, notFound, type Reason, Refusal } from './errors.ts';
import { apiOf, repositoryShape } from './repository-shape.ts';
import { statusShape } from './shapes.ts';
import type { HostedRepository, StoredStatus } from './state.ts';

const states = ['error', 'failure', 'pending', 'success'] as const;
/** Of one name at one commit. */
const mostStatuses = 1_000;
const longestDescription = 140;

const wrong = (field: string, message: string): Reason => ({ resource: 'Status', code: 'custom', field, message });

export async function createStatus(call: RepositoryCall): Promise<Answer> {
  const { state, origin, repository, params } = call;
  const fields = await fieldsOf(call);
  const sha = params.sha ?? '';
  if ((await repository.git.commitSha(sha)) !== sha) throw new Refusal(422, `No commit found for SHA: ${sha}`);
  const wanted = states.find((one) => one === textIn(fields, 'state'));
  if (!wanted) throw invalid(wrong('state', 'state is not included in the list'));
  const description = textIn(fields, 'description') ?? null;
  if ([...(description ?? '')].length > longestDescription)
    throw invalid(wrong('description', `description is too long (maximum is ${longestDescription} characters)`));
  if (/[\u{10000}-\u{10ffff}]/u.test(description ?? '')) throw invalid(wrong('description', "description doesn't accept 4-byte Unicode"));
  const targetUrl = textIn(fields, 'target_url') ?? null;
  if (targetUrl !== null && !/^https?:\/\//.test(targetUrl)) throw invalid(wrong('target_url', 'target_url must use http(s) scheme'));
  const context = textIn(fields, 'context') ?? 'default';
  if (repository.statuses.filter((one) => one.sha === sha && one.context === context).length >= mostStatuses)
    throw invalid(wrong('base', 'This SHA and context has reached the maximum number of statuses.'));
  const made: StoredStatus = { id: state.nextId(), sha, state: wanted, context, description, targetUrl, at: new Date().toISOString() };
  repository.statuses.push(made);
  await state.save();
  return created(statusShape(origin, repository, made));
}

export async function listStatuses(call: RepositoryCall): Promise<Answer> {
  const { origin, repository, params } = call;
  const sha = await shaOf(repository, params.ref);
  const { items, headers } = pageOf(call, repository.statuses.filter((one) => one.sha === sha).toReversed());
  return { status: 200, headers, json: items.map((one) => statusShape(origin, repository, one)) };
}

/** The newest status of each name, and what they say together. */
export async function combinedStatus({ origin, repository, params }: RepositoryCall): Promise<Answer> {
  const sha = await shaOf(repository, params.ref);
  const newest = newestStatuses(repository, sha);
  const has = (...wanted: readonly string[]): boolean => newest.some((one) => wanted.includes(one.state));
  const together = has('error', 'failure') ? 'failure' : newest.length === 0 || has('pending') ? 'pending' : 'success';
  return ok({
    state: together,
    sha,
    total_count: newest.length,
    statuses: newest.map((one) => statusShape(origin, repository, one)),
    repository: await repositoryShape(origin, repository),
    commit_url: `${apiOf(origin, repository)}/commits/${sha}`,
    url: `${apiOf(origin, repository)}/commits/${sha}/status`,
  });
}

export function newestStatuses({ statuses }: HostedRepository, sha: string): StoredStatus[] {
  const newest = new Map<string, StoredStatus>();
  for (const one of statuses) if (one.sha === sha) newest.set(one.context, one);
  return [...newest.values()];
}

async function shaOf({ git }: HostedRepository, ref = ''): Promise<string> {
  const sha = await git.commitSha(ref);
  if (!sha) throw notFound();
  return sha;
}
