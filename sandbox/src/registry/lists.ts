import { RegistryError } from './errors.ts';
import { answerJson, type Call } from './http.ts';
import { namesIn, repositoriesIn } from './store.ts';

/** GET of /v2/_catalog. */
export async function catalog(call: Call): Promise<void> {
  const { page, headers } = pageOf(call, await repositoriesIn(call.store), '/v2/_catalog');
  answerJson(call, 200, { repositories: page }, headers);
}

/** GET of /v2/<name>/tags/list. */
export async function tagList(call: Call, repository: string): Promise<void> {
  const known = (await namesIn(call.store.repositoryPath(repository))).some((name) => name.startsWith('_'));
  if (!known) throw new RegistryError('NAME_UNKNOWN', { name: repository });
  const tags = await namesIn(call.store.repositoryPath(repository, '_tags'));
  const { page, headers } = pageOf(call, tags, `/v2/${repository}/tags/list`);
  answerJson(call, 200, { name: repository, tags: page }, headers);
}

/** What `?n=` and `?last=` ask for, with the Link header that leads to the rest. */
function pageOf(call: Call, all: string[], path: string): { page: string[]; headers: Record<string, string> } {
  if (call.method !== 'GET') throw new RegistryError('UNSUPPORTED');
  const last = call.query.get('last');
  const rest = last === null ? all : all.filter((name) => name > last);
  const wanted = call.query.get('n');
  if (wanted === null) return { page: rest, headers: {} };
  const count = Number(wanted);
  if (!Number.isInteger(count) || count < 1) throw new RegistryError('PAGINATION_NUMBER_INVALID', { n: wanted });
  const page = rest.slice(0, count);
  const end = page.at(-1);
  if (end === undefined || page.length === rest.length) return { page, headers: {} };
  return { page, headers: { Link: `<${path}?n=${count}&last=${encodeURIComponent(end)}>; rel="next"` } };
}
