/** A permission in the cluster. `names`: only on objects with these names. */
export interface ClusterPermission {
  readonly group: string;
  readonly resource: string;
  readonly verbs: readonly string[];
  readonly names?: readonly string[];
  /** What it is needed for. */
  readonly why: string;
}

/** Kinds that job templates may contain besides their Job: created with a run, read if they already exist, deleted with its namespace. */
const templateKinds: readonly (readonly [group: string, resource: string])[] = [
  ['', 'configmaps'],
  ['', 'services'],
  ['', 'serviceaccounts'],
  ['', 'persistentvolumeclaims'],
  ['apps', 'deployments'],
];

/**
 * Exactly the permissions that the bot needs in the cluster: `manifests/bot` grants them in every namespace, and doctor checks each. Writes
 * are confined to the bot's own namespaces by the policy next to the ClusterRole; reads are not.
 */
export const permissions: readonly ClusterPermission[] = [
  {
    group: '',
    resource: 'namespaces',
    verbs: ['create', 'get', 'list', 'delete', 'patch'],
    why: 'every run gets its own namespace, as restricted as its stages allow',
  },
  { group: 'batch', resource: 'jobs', verbs: ['create', 'get', 'list', 'watch', 'delete'], why: 'every stage is a Job' },
  { group: '', resource: 'pods', verbs: ['list', 'watch'], why: 'the state of pods is shown' },
  { group: '', resource: 'pods', verbs: ['create'], why: 'a pod collects the files of a release from the workspace' },
  { group: '', resource: 'pods', verbs: ['get', 'delete'], names: ['collector'], why: 'the collector pod is waited for and removed' },
  {
    group: '',
    resource: 'pods/exec',
    // Opened by GET; from Kubernetes 1.35 on both are required.
    verbs: ['create', 'get'],
    names: ['collector'],
    why: 'the files of a release are found and sent by commands in the collector pod',
  },
  { group: '', resource: 'pods/log', verbs: ['get'], why: 'logs say why a stage failed' },
  { group: '', resource: 'events', verbs: ['list'], why: 'events say why a pod does not start' },
  ...templateKinds.map(([group, resource]) => ({ group, resource, verbs: ['create', 'get'], why: 'job templates may contain it' })),
  {
    group: 'networking.k8s.io',
    resource: 'networkpolicies',
    verbs: ['create', 'get'],
    why: 'every run has a policy for what its pods may reach',
  },
  { group: '', resource: 'secrets', verbs: ['create'], why: 'builds reach the registry, clones reach git' },
  {
    group: '',
    resource: 'secrets',
    verbs: ['get'],
    names: ['registry-config', 'registry-pull', 'git-credentials', 'release-registry-config'],
    why: 'an existing Secret is recognized as ours',
  },
  {
    group: '',
    resource: 'secrets',
    verbs: ['update'],
    names: ['registry-config', 'registry-pull', 'git-credentials', 'release-registry-config'],
    why: 'a retried release image gets the current passwords',
  },
  { group: '', resource: 'services', verbs: ['patch'], names: ['makisu-cache'], why: 'the layer cache is applied at every start' },
  { group: 'apps', resource: 'deployments', verbs: ['patch'], names: ['makisu-cache'], why: 'the layer cache is applied at every start' },
  { group: 'storage.k8s.io', resource: 'storageclasses', verbs: ['list'], why: 'doctor looks for the default storage class' },
];
