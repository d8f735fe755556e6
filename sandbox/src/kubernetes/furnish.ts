/** What every cluster has before anyone asks for anything: a node, the first namespaces, a storage class that is the default. */
import { arch, hostname } from 'node:os';
import type { Cluster } from './cluster.ts';
import type { ObjectInput } from './model/objects.ts';
import { namespaces, nodes, storageClasses } from './model/resources.ts';
import { now } from './model/time.ts';

export function furnishCluster({ store, settings }: Cluster): void {
  for (const name of ['default', 'kube-system', 'kube-public', 'kube-node-lease']) {
    const metadata = { name, labels: { 'kubernetes.io/metadata.name': name } };
    const spec = { finalizers: ['kubernetes'] };
    store.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata, spec, status: { phase: 'Active' } });
  }
  store.create(storageClasses, {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'hostpath', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
    provisioner: 'hostpath',
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'Immediate',
  });
  store.create(nodes, nodeObject(settings.nodeName, settings.gpus));
}

function nodeObject(name: string, gpus: number): ObjectInput {
  const amounts = { cpu: '16', memory: '64Gi', 'ephemeral-storage': '100Gi', pods: '110', 'nvidia.com/gpu': String(gpus) };
  const ready = {
    type: 'Ready',
    status: 'True',
    reason: 'KubeletReady',
    message: 'kubelet is posting ready status',
    lastTransitionTime: now(),
  };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': arch() === 'arm64' ? 'arm64' : 'amd64',
        'nvidia.com/gpu.product': 'Test-GPU',
      },
    },
    spec: {},
    status: {
      capacity: amounts,
      allocatable: amounts,
      conditions: [ready],
      addresses: [{ type: 'Hostname', address: hostname() }],
      nodeInfo: { kubeletVersion: 'v1.36.3+sandbox', containerRuntimeVersion: 'sandbox://1', operatingSystem: 'linux' },
    },
  };
}
