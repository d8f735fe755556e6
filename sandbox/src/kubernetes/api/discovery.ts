/** What the API says about itself: versions, groups, the resources of a group, health. */
import { apiVersionOf, isVirtual, type Resource, resources } from '../model/resources.ts';

const groupVersions = [...new Set(resources.map(apiVersionOf))];
const groups = [...new Set(resources.map(({ group }) => group))].filter(Boolean);

const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

const listing = (resource: Resource): object[] => [
  {
    name: resource.plural,
    singularName: resource.kind.toLowerCase(),
    namespaced: resource.namespaced,
    kind: resource.kind,
    verbs: isVirtual(resource) ? ['create'] : verbs,
    ...(resource.shortNames.length > 0 && { shortNames: resource.shortNames }),
  },
  ...resource.subresources.map((part) => ({
    name: `${resource.plural}/${part}`,
    singularName: '',
    namespaced: resource.namespaced,
    kind: resource.kind,
    verbs: part === 'log' ? ['get'] : part === 'exec' ? ['create', 'get'] : part === 'eviction' ? ['create'] : ['get', 'patch', 'update'],
  })),
];

const resourceList = (groupVersion: string): object => ({
  kind: 'APIResourceList',
  apiVersion: 'v1',
  groupVersion,
  resources: resources.filter((resource) => apiVersionOf(resource) === groupVersion).flatMap(listing),
});

const groupOf = (name: string): object => {
  const version = { groupVersion: `${name}/v1`, version: 'v1' };
  return { name, versions: [version], preferredVersion: version };
};

const version = {
  major: '1',
  minor: '36',
  gitVersion: 'v1.36.3+sandbox',
  gitCommit: '',
  gitTreeState: '',
  buildDate: '',
  goVersion: '',
  compiler: 'node',
  platform: 'linux/amd64',
};

/** The answer to a path that is about the API itself; undefined for any other path. */
export function discovery(pathname: string): object | string | undefined {
  const path = pathname.replace(/\/$/, '');
  if (['/healthz', '/readyz', '/livez'].includes(path)) return 'ok';
  if (path === '/version') return version;
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };
  if (path === '/apis') return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(groupOf) };
  const named = path.replace(/^\/apis?\//, '');
  if (path.startsWith('/apis/') && groups.includes(named)) return { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(named) };
  return groupVersions.includes(named) ? resourceList(named) : undefined;
}
