/** The kinds that the stand-in serves, by API group: one table, from which paths, discovery and errors are made. */

export interface Resource {
  /** Empty for core/v1. */
  group: string;
  version: string;
  plural: string;
  kind: string;
  namespaced: boolean;
  subresources: readonly string[];
  shortNames: readonly string[];
}

const namespaced = (group: string, plural: string, kind: string, subresources: string[] = [], shortNames: string[] = []): Resource => ({
  group,
  version: 'v1',
  plural,
  kind,
  namespaced: true,
  subresources,
  shortNames,
});

const clusterWide = (...of: Parameters<typeof namespaced>): Resource => ({ ...namespaced(...of), namespaced: false });

export const namespaces = clusterWide('', 'namespaces', 'Namespace', ['status', 'finalize'], ['ns']);
export const nodes = clusterWide('', 'nodes', 'Node', ['status'], ['no']);
export const pods = namespaced('', 'pods', 'Pod', ['log', 'exec', 'status', 'eviction'], ['po']);
export const claims = namespaced('', 'persistentvolumeclaims', 'PersistentVolumeClaim', ['status'], ['pvc']);
export const secrets = namespaced('', 'secrets', 'Secret');
export const configMaps = namespaced('', 'configmaps', 'ConfigMap', [], ['cm']);
const services = namespaced('', 'services', 'Service', ['status'], ['svc']);
export const serviceAccounts = namespaced('', 'serviceaccounts', 'ServiceAccount', [], ['sa']);
export const events = namespaced('', 'events', 'Event', [], ['ev']);
export const quotas = namespaced('', 'resourcequotas', 'ResourceQuota', ['status'], ['quota']);
export const jobs = namespaced('batch', 'jobs', 'Job', ['status']);
export const deployments = namespaced('apps', 'deployments', 'Deployment', ['status'], ['deploy']);
const networkPolicies = namespaced('networking.k8s.io', 'networkpolicies', 'NetworkPolicy', [], ['netpol']);
export const storageClasses = clusterWide('storage.k8s.io', 'storageclasses', 'StorageClass', [], ['sc']);
const accessReviews = clusterWide('authorization.k8s.io', 'selfsubjectaccessreviews', 'SelfSubjectAccessReview');

export const resources: readonly Resource[] = [
  namespaces,
  nodes,
  pods,
  claims,
  secrets,
  configMaps,
  services,
  serviceAccounts,
  events,
  quotas,
  jobs,
  deployments,
  networkPolicies,
  storageClasses,
  accessReviews,
];

/** What is created and answered, but never stored. */
export const isVirtual = (resource: Resource): boolean => resource === accessReviews;

export const apiVersionOf = ({ group, version }: Resource): string => (group ? `${group}/${version}` : version);

export const findResource = (group: string, version: string, plural: string): Resource | undefined =>
  resources.find((one) => one.group === group && one.version === version && one.plural === plural);
