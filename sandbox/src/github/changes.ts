import { type Answer, created, fieldsOf, ok, pageOf, type RepositoryCall, textIn } from './call.ts';
import { gitCommitShape } from './commit-shape.ts';
import { invalid, missing, notFound, type Reason, Refusal } from './errors.ts';
import { pullShape, wholePullShape } from './pull-shape.ts';
import { apiOf, pageOfRepository } from './repository-shape.ts';
import type { StoredPull } from './state.ts';

export async function getContents({ origin, repository, params, query }: RepositoryCall): Promise<Answer> {
  const path = params.path ?? '';
  const ref = query.get('ref') || (await repository.git.defaultBranch());
  if (!(await repository.git.commitSha(ref))) throw notFound(`No commit found for the ref ${ref}`);
  const file = await repository.git.file(ref, path);
  if (!file) throw notFound();
  const content = Buffer.from(file.content);
  const api = apiOf(origin, repository);
  const self = `${api}/contents/${path}?ref=${encodeURIComponent(ref)}`;
  const [html, git] = [`${pageOfRepository(origin, repository)}/blob/${ref}/${path}`, `${api}/git/blobs/${file.sha}`];
  return ok({
    type: 'file',
    encoding: 'base64',
    size: content.length,
    name: path.split('/').at(-1),
    path,
    content: content.toString('base64').replace(/.{60}/g, '$&\n'),
    sha: file.sha,
    url: self,
    html_url: html,
    git_url: git,
    download_url: `${pageOfRepository(origin, repository)}/raw/${ref}/${path}`,
    _links: { self, html, git },
  });
}

/** Writes a file by a commit on a branch; `sha` is what the file was before. */
export async function putContents(call: RepositoryCall): Promise<Answer> {
  const { state, origin, repository, params } = call;
  const path = params.path ?? '';
  const fields = await fieldsOf(call);
  const [message, content, before] = [textIn(fields, 'message'), fields.content, textIn(fields, 'sha')];
  if (!message) throw missing('message');
  if (typeof content !== 'string') throw missing('content');
  const branch = textIn(fields, 'branch') ?? (await repository.git.defaultBranch());
  const parent = await repository.git.commitSha(`refs/heads/${branch}`);
  if (!parent) throw notFound(`Branch ${branch} not found`);
  const there = await repository.git.file(parent, path);
  if (there && !before) throw missing('sha');
  if (before && there?.sha !== before) throw new Refusal(409, `${path} does not match ${before}`);
  const author = personIn(fields.author ?? fields.committer);
  const sha = await repository.git.commitFile({ branch, parent, path, content: Buffer.from(content, 'base64'), message, author });
  const [commit, file] = [sha && (await repository.git.commit(sha)), sha && (await repository.git.file(sha, path))];
  if (!commit || !file) throw new Refusal(409, `is at ${await repository.git.commitSha(branch)} but expected ${parent}`);
  await state.save();
  const shown = { name: path.split('/').at(-1), path, sha: file.sha, size: Buffer.byteLength(file.content), type: 'file' };
  return { status: there ? 200 : 201, json: { content: shown, commit: gitCommitShape(origin, repository, commit) } };
}

function personIn(value: unknown): { name: string; email: string } {
  const { name, email } = (value ?? {}) as Record<string, unknown>;
  if (typeof name === 'string' && typeof email === 'string') return { name, email };
  return { name: 'coxswain[bot]', email: '1+coxswain[bot]@users.noreply.github.com' };
}

const wrongPull = (reason: Omit<Reason, 'resource'>): Refusal => invalid({ resource: 'PullRequest', ...reason });

export async function createPull(call: RepositoryCall): Promise<Answer> {
  const { state, origin, repository } = call;
  const fields = await fieldsOf(call);
  const [title, base, label] = [textIn(fields, 'title'), textIn(fields, 'base'), textIn(fields, 'head')];
  if (!base) throw missing('base');
  if (!label) throw missing('head');
  if (!title) throw wrongPull({ code: 'missing_field', field: 'title' });
  const head = label.split(':').at(-1) ?? '';
  const [from, to] = [await repository.git.commitSha(`refs/heads/${base}`), await repository.git.commitSha(`refs/heads/${head}`)];
  if (!from) throw wrongPull({ code: 'invalid', field: 'base' });
  if (!to) throw wrongPull({ code: 'invalid', field: 'head' });
  const owner = repository.name.split('/')[0];
  if (repository.pulls.some((one) => one.head === head && one.base === base))
    throw wrongPull({ code: 'custom', message: `A pull request already exists for ${owner}:${head}.` });
  if (!(await repository.git.run(['rev-list', '--max-count=1', `${from}..${to}`])).trim())
    throw wrongPull({ code: 'custom', message: `No commits between ${base} and ${head}` });
  const made: StoredPull = {
    number: state.nextId(),
    title,
    body: textIn(fields, 'body') ?? null,
    head,
    base,
    at: new Date().toISOString(),
  };
  repository.pulls.push(made);
  await state.save();
  return created(await wholePullShape(origin, repository, made));
}

export async function listPulls(call: RepositoryCall): Promise<Answer> {
  const { origin, repository, query } = call;
  const [head, base] = [query.get('head')?.split(':').at(-1), query.get('base')];
  const wanted = repository.pulls.filter((one) => (!head || one.head === head) && (!base || one.base === base)).toReversed();
  const { items, headers } = pageOf(call, wanted);
  return { status: 200, headers, json: await Promise.all(items.map((one) => pullShape(origin, repository, one))) };
}
