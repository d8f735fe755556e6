import type { ApiRequest } from '../../src/clients/cluster/transport/api-server.ts';

/** Something that the account of a bot must not be able to do. */
export interface Forbidden extends Omit<ApiRequest, 'doing'> {
  readonly name: string;
  /** `policy`: RBAC would grant it. */
  readonly by: 'policy' | 'rbac';
}

const object = (kind: string, name: string, more: object = {}, apiVersion = 'v1') => ({ apiVersion, kind, metadata: { name }, ...more });
const container = { name: 'a', image: 'busybox:1.35', command: ['true'] };
const podSpec = { restartPolicy: 'Never', automountServiceAccountToken: false, containers: [container] };
const withContainer = (more: object) => ({ ...podSpec, containers: [{ ...container, ...more }] });
const withVolume = (volume: object) => ({ ...podSpec, volumes: [{ name: 'v', ...volume }] });

/** Pods that reach out of their namespace, by what is wrong with each. */
const pods: Readonly<Record<string, object>> = {
  privileged: withContainer({ securityContext: { privileged: true } }),
  'with an init container that is privileged': {
    ...podSpec,
    initContainers: [{ ...container, name: 'i', securityContext: { privileged: true } }],
  },
  'with a path of the node': withVolume({ hostPath: { path: '/' } }),
  'in the network of the node': { ...podSpec, hostNetwork: true },
  'with the processes of the node': { ...podSpec, hostPID: true },
  'with the IPC of the node': { ...podSpec, hostIPC: true },
  'on a node of its choice': { ...podSpec, nodeName: 'node-1' },
  'with a port of the node': withContainer({ ports: [{ containerPort: 80, hostPort: 80 }] }),
  'with SYS_ADMIN': withContainer({ securityContext: { capabilities: { add: ['SYS_ADMIN'] } } }),
  'with all capabilities': withContainer({ securityContext: { capabilities: { add: ['ALL'] } } }),
  'without seccomp': { ...podSpec, securityContext: { seccompProfile: { type: 'Unconfined' } } },
  'without AppArmor': withContainer({ securityContext: { appArmorProfile: { type: 'Unconfined' } } }),
  'with sysctls': { ...podSpec, securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }] } },
  'with an unmasked /proc': { ...withContainer({ securityContext: { procMount: 'Unmasked' } }), hostUsers: false },
  'with another service account': { ...podSpec, serviceAccountName: 'admin' },
  'with the token of its service account': { ...podSpec, automountServiceAccountToken: true },
  'that says nothing of a token': { restartPolicy: 'Never', containers: [container] },
  'with a projected token': withVolume({ projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } }),
  'with a volume of a driver': withVolume({ csi: { driver: 'secrets-store.csi.k8s.io' } }),
  'with a volume of NFS': withVolume({ nfs: { server: '198.18.0.1', path: '/' } }),
  'with a claim of its own that names a volume': withVolume({
    ephemeral: {
      volumeClaimTemplate: { spec: { volumeName: 'x', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } } } },
    },
  }),
  'with a probe of the metadata address': withContainer({ livenessProbe: { httpGet: { host: '169.254.169.254', port: 80 } } }),
  'with a hook that asks the node': withContainer({ lifecycle: { preStop: { tcpSocket: { host: '127.0.0.1', port: 10250 } } } }),
  'with the priority of the system': { ...podSpec, priorityClassName: 'system-node-critical' },
};

const post = (path: string, body: object) => ({ method: 'POST', path, body }) as const;
const policy = (name: string, request: Omit<Forbidden, 'name' | 'by'>): Forbidden => ({ name, by: 'policy', ...request });
const rbac = (name: string, request: Omit<Forbidden, 'name' | 'by'>): Forbidden => ({ name, by: 'rbac', ...request });

/** @param own the namespace of a run of that bot @param foreign a namespace that is none */
export function forbidden(own: string, foreign: string, instance: string): Forbidden[] {
  return [...ofNamespaces(own, foreign, instance), ...ofSecrets(own, foreign), ...ofPods(own, foreign), ...ofOthers(own, foreign)];
}

function ofSecrets(own: string, foreign: string): Forbidden[] {
  const token = { type: 'kubernetes.io/service-account-token' };
  const named = { metadata: { name: 'registry-config', annotations: { 'kubernetes.io/service-account.name': 'default' } } };
  const secrets = (namespace: string) => `/api/v1/namespaces/${namespace}/secrets`;
  return [
    policy(
      'a token of a service account of kube-system',
      post(secrets('kube-system'), { ...object('Secret', 'registry-config', token), ...named }),
    ),
    policy(
      'a token of a service account, in its own namespace',
      post(secrets(own), { ...object('Secret', 'registry-config', token), ...named }),
    ),
    policy(
      'a token of a node',
      post(secrets('kube-system'), object('Secret', 'bootstrap-token-abcdef', { type: 'bootstrap.kubernetes.io/token' })),
    ),
    policy('a Secret in a foreign namespace', post(secrets(foreign), object('Secret', 'registry-config'))),
    policy('a Secret of another name', post(secrets(own), object('Secret', 'anything'))),
    policy('a change of a Secret in a foreign namespace', {
      method: 'PUT',
      path: `${secrets(foreign)}/registry-config`,
      body: object('Secret', 'registry-config'),
    }),
    rbac('reading a Secret of kube-system', { path: `${secrets('kube-system')}/x` }),
    rbac(
      'a token by request',
      post(`/api/v1/namespaces/${own}/serviceaccounts/default/token`, {
        kind: 'TokenRequest',
        apiVersion: 'authentication.k8s.io/v1',
        spec: {},
      }),
    ),
  ];
}

function ofNamespaces(own: string, foreign: string, instance: string): Forbidden[] {
  const labelled = (name: string, labels: object) => ({ ...object('Namespace', name), metadata: { name, labels } });
  const ours = { 'coxswain/instance': instance };
  const apply = (name: string, labels: object) =>
    ({
      method: 'PATCH',
      path: `/api/v1/namespaces/${name}`,
      query: { fieldManager: 'coxswain', force: true },
      contentType: 'application/apply-patch+yaml',
      body: labelled(name, labels),
    }) as const;
  const remove = (name: string) => ({ method: 'DELETE', path: `/api/v1/namespaces/${name}` }) as const;
  return [
    policy('a namespace of another name', post('/api/v1/namespaces', labelled('anything', ours))),
    policy('a namespace of another instance', post('/api/v1/namespaces', labelled('cox-other-app-1', { 'coxswain/instance': 'other' }))),
    policy('a namespace of its own without its label', post('/api/v1/namespaces', labelled(`cox-${instance}-app-9`, {}))),
    policy(
      'a privileged namespace',
      post('/api/v1/namespaces', labelled(`cox-${instance}-app-9`, { ...ours, 'pod-security.kubernetes.io/enforce': 'privileged' })),
    ),
    policy('its label on kube-system', apply('kube-system', ours)),
    policy('its label on a foreign namespace', apply(foreign, ours)),
    policy('its own namespace made privileged', apply(own, { ...ours, 'pod-security.kubernetes.io/enforce': 'privileged' })),
    rbac('the end of kube-system', remove('kube-system')),
    policy('the end of a foreign namespace', remove(foreign)),
    policy('the end of the namespace of the cache', remove('coxswain-cache')),
  ];
}

function ofPods(own: string, foreign: string): Forbidden[] {
  const at = (namespace: string) => `/api/v1/namespaces/${namespace}/pods`;
  const job = (spec: object) => object('Job', 'image', { spec: { backoffLimit: 0, template: { spec } } }, 'batch/v1');
  const deployment = (spec: object, name = 'service') => {
    const labels = { 'app.kubernetes.io/name': name };
    const template = { metadata: { labels }, spec: { ...spec, restartPolicy: 'Always' } };
    return object('Deployment', name, { spec: { selector: { matchLabels: labels }, template } }, 'apps/v1');
  };
  const jobs = (namespace: string) => `/apis/batch/v1/namespaces/${namespace}/jobs`;
  const deployments = (namespace: string) => `/apis/apps/v1/namespaces/${namespace}/deployments`;
  return [
    ...Object.entries(pods).flatMap(([what, spec]) => [
      policy(`a pod ${what}`, post(at(own), object('Pod', 'collector', { spec }))),
      policy(`a Job with a pod ${what}`, post(jobs(own), job(spec))),
      policy(`a Deployment with a pod ${what}`, post(deployments(own), deployment(spec))),
    ]),
    policy(
      'a privileged pod named collector in kube-system',
      post(at('kube-system'), object('Pod', 'collector', { spec: pods.privileged })),
    ),
    policy('a pod in a foreign namespace', post(at(foreign), object('Pod', 'collector', { spec: podSpec }))),
    policy('a pod of another name', post(at(own), object('Pod', 'other', { spec: podSpec }))),
    policy('the end of a pod in a foreign namespace', { method: 'DELETE', path: `${at(foreign)}/collector` }),
    policy('a command in a pod of a foreign namespace', post(`${at(foreign)}/collector/exec?command=id&stdout=true`, {})),
    policy('a Job in a foreign namespace', post(jobs(foreign), job(podSpec))),
    policy('a Deployment in the namespace of the cache', post(deployments('coxswain-cache'), deployment(podSpec))),
    policy('the cache with a path of the node', {
      method: 'PATCH',
      path: `${deployments('coxswain-cache')}/makisu-cache`,
      query: { fieldManager: 'coxswain', force: true },
      contentType: 'application/apply-patch+yaml',
      body: deployment(withVolume({ hostPath: { path: '/' } }), 'makisu-cache'),
    }),
    rbac('a container beside those of a pod', {
      method: 'PATCH',
      path: `${at(own)}/collector/ephemeralcontainers`,
      contentType: 'application/merge-patch+json',
      body: {},
    }),
  ];
}

function ofOthers(own: string, foreign: string): Forbidden[] {
  const at = (namespace: string, kind: string) => `/api/v1/namespaces/${namespace}/${kind}`;
  const claim = (more: object) =>
    object('PersistentVolumeClaim', 'c', {
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } }, ...more },
    });
  const service = (more: object) => object('Service', 's', { spec: { ports: [{ port: 80 }], ...more } });
  const binding = { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' }, subjects: [] };
  return [
    policy('a claim of a volume that is there', post(at(own, 'persistentvolumeclaims'), claim({ volumeName: 'pv-of-somebody' }))),
    policy('a claim that looks for a volume', post(at(own, 'persistentvolumeclaims'), claim({ selector: { matchLabels: { a: 'b' } } }))),
    policy('a service on every node', post(at(own, 'services'), service({ type: 'NodePort' }))),
    policy('a service to the outside', post(at(own, 'services'), service({ type: 'LoadBalancer' }))),
    policy('a service that takes the address of another', post(at(own, 'services'), service({ externalIPs: ['198.18.0.2'] }))),
    policy('a ConfigMap in kube-system', post(at('kube-system', 'configmaps'), object('ConfigMap', 'c'))),
    policy(
      'the service account of its pods, with a role of a cloud',
      post(at(own, 'serviceaccounts'), {
        ...object('ServiceAccount', 'default'),
        metadata: { name: 'default', annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::1:role/admin' } },
      }),
    ),
    policy('a network policy in a foreign namespace', {
      ...post(
        `/apis/networking.k8s.io/v1/namespaces/${foreign}/networkpolicies`,
        object('NetworkPolicy', 'run', { spec: { podSelector: {} } }, 'networking.k8s.io/v1'),
      ),
    }),
    rbac(
      'a role for itself',
      post(
        `/apis/rbac.authorization.k8s.io/v1/namespaces/${own}/rolebindings`,
        object('RoleBinding', 'b', binding, 'rbac.authorization.k8s.io/v1'),
      ),
    ),
    rbac('an end of its policy', { method: 'DELETE', path: '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/coxswain' }),
  ];
}
