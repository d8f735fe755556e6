import { HttpError } from '../http/http-error.ts';
import type { Call } from './api.ts';

/** GitHub itself shows no more than 10,000 items; a server may name a next page forever. */
const mostPages = 300;

/**
 * All items of a list; `per_page` only where GitHub has it. Pages are requested by number: the link to the next one may be missing, or lead to
 * another host, and Octokit's own `paginate` takes a 409 for an empty page.
 */
export async function pagesOf<P extends object, T extends readonly unknown[]>(
  list: Call<P, T>,
  parameters: P & { readonly per_page?: number },
): Promise<T[number][]> {
  const { per_page: pageSize = Number.POSITIVE_INFINITY } = parameters;
  const all: T[number][] = [];
  for (let page = 1; page <= mostPages; page++) {
    const { data, headers } = await list({ ...parameters, ...(page > 1 && { page }) });
    all.push(...data);
    // GitHub may leave out items of a page, and a proxy the link.
    const isLast = data.length === 0 || (data.length < pageSize && !String(headers.link ?? '').includes('rel="next"'));
    if (isLast) return all;
  }
  throw new HttpError(`GitHub sends a list of more than ${mostPages} pages`, { retry: false });
}
