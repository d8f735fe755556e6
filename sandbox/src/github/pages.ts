import { download } from './assets.ts';
import type { Answer, Call, RepositoryCall } from './call.ts';
import { latestOf, newestFirst } from './releases.ts';
import { decodedAll } from './routes.ts';
import { downloadFolder, tagPath } from './shapes.ts';
import type { HostedRepository, StoredRelease } from './state.ts';
import { newestStatuses } from './statuses.ts';

const style = `body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem;color:#1c2733;background:#fff;overflow-wrap:anywhere}
a{color:#0b5d5e}article{border:1px solid #c5ced6;border-radius:8px;padding:0 1rem;margin:1rem 0}pre{white-space:pre-wrap;font:14px/1.5 ui-monospace,monospace;background:#f3f6f8;padding:.75rem;border-radius:6px}
.mark{border:1px solid;border-radius:1em;padding:0 .6em;font-size:.85rem;margin-left:.5em}.note{color:#52606d}code{font-family:ui-monospace,monospace}li{margin:.2rem 0}
@media (prefers-color-scheme:dark){body{background:#12181f;color:#e3e9ee}a{color:#6cc5c6}article{border-color:#3a4753}pre{background:#1c252e}.note{color:#a3b0bb}}`;

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');

function page(title: string, body: string): Answer {
  const headers = {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cache-Control': 'no-store',
  };
  const content = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title><link rel="icon" href="data:,"><style>${style}</style></head><body>
<p class="note">A stand-in for GitHub, on this machine.</p>${body}</body></html>`;
  return { status: 200, headers, content };
}

/** The answer to a browser: releases to read, assets to download. Undefined where there is no such page. */
export async function pageFor(call: Call, path: string): Promise<Answer | undefined> {
  if (path === '/') return startPage(call);
  const [, name = '', rest = ''] = /^\/([^/]+\/[^/]+)(\/.*)?$/.exec(path) ?? [];
  const repository = call.state.repositories.get(name.toLowerCase());
  if (!repository) return undefined;
  if (rest === '' || rest === '/') return { status: 302, headers: { Location: `/${repository.name}/releases` } };
  if (rest === '/releases') return releasesPage(repository, newestFirst(repository));
  const params = decodedAll(/^\/releases\/download\/(?<tag>.+)\/(?<name>[^/]+)$/.exec(rest)?.groups ?? {});
  if (params.name) return download({ ...call, repository, params } satisfies RepositoryCall);
  const [, folder] = /^\/releases\/tag\/(.+)$/.exec(rest) ?? [];
  const one = repository.releases.filter((release) => downloadFolder(release) === folder || release.tag === folder);
  if (one.length > 0) return releasesPage(repository, one);
  const [, sha] = /^\/commit\/([0-9a-f]{40})$/.exec(rest) ?? [];
  return sha ? commitPage(repository, sha) : undefined;
}

function startPage({ state }: Call): Answer {
  const names = [...state.repositories.values()].map(({ name }) => `<li><a href="/${escaped(name)}/releases">${escaped(name)}</a></li>`);
  return page('Repositories', `<h1>Repositories</h1><ul>${names.join('')}</ul>`);
}

async function releasesPage(repository: HostedRepository, releases: readonly StoredRelease[]): Promise<Answer> {
  const latest = latestOf(repository);
  const articles = await Promise.all(releases.map((release) => article(repository, release, release === latest)));
  const body = articles.join('') || '<p>There is no release yet.</p>';
  return page(
    `Releases of ${repository.name}`,
    `<h1><a href="/${escaped(repository.name)}/releases">${escaped(repository.name)}</a>: releases</h1>${body}`,
  );
}

async function article(repository: HostedRepository, release: StoredRelease, isLatest: boolean): Promise<string> {
  const { tag, draft, prerelease, publishedAt, target } = release;
  const sha = draft ? undefined : await repository.git.commitSha(`refs/tags/${tag}`);
  const marks = [draft && 'Draft', prerelease && 'Pre-release', isLatest && 'Latest'].filter((one) => one !== false);
  const base = `/${escaped(repository.name)}`;
  const place = sha
    ? `tag <code>${escaped(tag)}</code> at <a href="${base}/commit/${sha}"><code>${sha.slice(0, 7)}</code></a>`
    : `will be tag <code>${escaped(tag)}</code> at <code>${escaped(target.slice(0, 40))}</code>`;
  const assets = release.assets.map(({ name, size, state, digest }) => {
    const link = `${base}/releases/download/${downloadFolder(release)}/${encodeURIComponent(name)}`;
    const shown = state === 'uploaded' ? `<a href="${link}" download>${escaped(name)}</a>` : `${escaped(name)} (not whole)`;
    return `<li>${shown} <span class="note">${size} bytes ${digest ? `<br><code>${digest}</code>` : ''}</span></li>`;
  });
  return `<article data-tag="${escaped(tag)}"><h2><a href="${base}/releases/tag/${draft ? downloadFolder(release) : tagPath(tag)}">${escaped(release.name ?? tag)}</a>${marks
    .map((one) => `<span class="mark">${one}</span>`)
    .join('')}</h2>
<p class="note">${place}${publishedAt ? `, published ${publishedAt}` : ''}</p><pre>${escaped(withoutComments(release.body ?? ''))}</pre>
<h3>Assets (${assets.length})</h3><ul>${assets.join('')}</ul></article>`;
}

/** Nobody sees comments on GitHub. */
function withoutComments(body: string): string {
  const [first = '', ...rest] = body.split('<!--');
  const seen = rest.map((part) => (part.includes('-->') ? part.slice(part.indexOf('-->') + 3) : `<!--${part}`));
  return (first + seen.join('')).trim() || 'No notes.';
}

async function commitPage(repository: HostedRepository, sha: string): Promise<Answer | undefined> {
  const commit = await repository.git.commit(sha);
  if (!commit) return undefined;
  const statuses = newestStatuses(repository, sha).map(
    ({ context, state, description }) => `<li><code>${escaped(context)}</code>: ${state}, ${escaped(description ?? '')}</li>`,
  );
  const body = `<h1>${escaped(repository.name)}: commit <code>${sha.slice(0, 7)}</code></h1><p class="note">${escaped(commit.author.name)}, ${commit.author.date}</p>
<pre>${escaped(commit.message)}</pre><h2>Statuses</h2><ul>${statuses.join('') || '<li>none</li>'}</ul>`;
  return page(`${sha.slice(0, 7)} of ${repository.name}`, body);
}
