import * as assets from './assets.ts';
import type { Answer, RepositoryCall } from './call.ts';
import * as changes from './changes.ts';
import * as history from './history.ts';
import * as releases from './releases.ts';
import * as statuses from './statuses.ts';

type Handler = (call: RepositoryCall) => Promise<Answer>;

/** What may be asked about a repository: below `/repos/{owner}/{repo}`. `:name` is one part of a path, `*name` the whole rest. */
const table: readonly (readonly [request: string, handler: Handler])[] = [
  ['GET ', history.getRepository],
  ['GET /branches/*branch', history.getBranch],
  ['GET /tags', history.listTags],
  ['GET /compare/*basehead', history.compare],
  ['GET /git/commits/:sha', history.getGitCommit],
  ['GET /git/tags/:sha', history.getTag],
  ['GET /git/ref/*ref', history.getRef],
  ['GET /git/matching-refs/*ref', history.matchingRefs],
  ['POST /git/refs', history.createRef],
  ['PATCH /git/refs/*ref', history.updateRef],
  ['DELETE /git/refs/*ref', history.deleteRef],
  ['POST /statuses/:sha', statuses.createStatus],
  ['GET /commits/:ref/statuses', statuses.listStatuses],
  ['GET /commits/:ref/status', statuses.combinedStatus],
  ['GET /commits/*ref', history.getCommit],
  ['GET /releases', releases.listReleases],
  ['POST /releases', releases.createRelease],
  ['POST /releases/generate-notes', releases.generateNotes],
  ['GET /releases/latest', releases.getLatestRelease],
  ['GET /releases/tags/*tag', releases.getReleaseByTag],
  ['GET /releases/assets/:asset', assets.getAsset],
  ['DELETE /releases/assets/:asset', assets.deleteAsset],
  ['GET /releases/:id', releases.getRelease],
  ['PATCH /releases/:id', releases.updateRelease],
  ['DELETE /releases/:id', releases.deleteRelease],
  ['GET /releases/:id/assets', assets.listAssets],
  ['GET /contents/*path', changes.getContents],
  ['PUT /contents/*path', changes.putContents],
  ['GET /pulls', changes.listPulls],
  ['POST /pulls', changes.createPull],
];

const routes = table.map(([request, handler]) => ({ form: formOf(request), handler }));

function formOf(request: string): RegExp {
  const [method = '', path = ''] = request.split(' ');
  const parts = path.replace(/:(\w+)/g, '(?<$1>[^/]+)').replace(/\*(\w+)/g, '(?<$1>.+)');
  return new RegExp(`^${method} ${parts}$`);
}

/** Who answers a request about a repository, and what stands at the named places of its path. */
export function routeOf(method: string, path: string): { handler: Handler; params: Record<string, string> } | undefined {
  for (const { form, handler } of routes) {
    const found = form.exec(`${method} ${path}`);
    if (found) return { handler, params: decodedAll(found.groups ?? {}) };
  }
  return undefined;
}

export function decodedAll(params: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, decoded(value)]));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
