import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { templateFiles } from '../../src/clients/templates/templates-client.ts';
import type { KubernetesObject } from '../../src/core/cluster.ts';
import { objectsFrom } from '../../src/templates/objects-from.ts';

export interface Container {
  name: string;
  image: string;
  command?: string[];
  args?: string[];
  env: { name: string; value?: string; valueFrom?: unknown }[];
  resources?: { limits?: Record<string, unknown>; requests?: Record<string, unknown> };
  volumeMounts: { name: string; mountPath: string }[];
}

export interface Job {
  kind: string;
  metadata: { name: string; annotations: Record<string, string> };
  spec: { backoffLimit: number; template: { spec: PodSpec } };
}

interface PodSpec {
  restartPolicy: string;
  activeDeadlineSeconds: number;
  runtimeClassName?: string;
  automountServiceAccountToken: boolean;
  initContainers?: Container[];
  containers: Container[];
  volumes: { name: string; configMap?: { name: string }; secret?: { secretName: string; items?: object[] } }[];
}

const folder = fileURLToPath(new URL('../../manifests/jobs', import.meta.url));
const names = readdirSync(folder).flatMap((file) => (file.endsWith('.yaml') ? [file.slice(0, -'.yaml'.length)] : []));
const { read } = templateFiles(folder);
const templates = new Map(await Promise.all(names.map(async (name) => [name, await read(name)] as const)));

/** Each job template of `manifests/jobs` and the reader of its log. */
export const jobTemplates: Readonly<Record<string, string>> = {
  makisu: 'makisu',
  'release-copy': 'skopeo',
  'release-tested': 'makisu',
  test: 'go-test',
  'gpu-test': 'go-test',
};

const values = {
  Run: {
    ID: 'demo-1',
    UID: '0123456789abcdef0123',
    Namespace: 'cox-lab-demo-1',
    Branch: 'main',
    Commit: 'c'.repeat(40),
    Repository: 'demo',
  },
  Stage: {
    Name: '007',
    Kind: 'image',
    Attempt: 1,
    GPUs: 0,
    TimeoutSeconds: 2700,
    Dockerfile: 'Dockerfile',
    Context: '.',
    Push: 'direct',
    Command: ['sh', '-c', 'echo "it\'s $(BRANCH)"'],
  },
  Image: { Repository: 'demo/hello', Tag: 't1', Digest: 'sha256:1', Ref: 'localhost:32000/demo/hello@sha256:1' },
  Tested: {
    Repository: 'demo/hello',
    Tag: 't0',
    Digest: 'sha256:2',
    Push: 'registry:5000',
    Ref: 'registry:5000/demo/hello@sha256:2',
    Plain: true,
    Certificates: '',
  },
  Version: '1.2.3',
  Registry: { Push: 'registry:5000', Pull: 'localhost:32000', Plain: true, Certificates: '' },
  Cache: '',
  Git: { URL: 'https://git.example.com/demo.git', Secret: '' },
  RegistrySecret: 'registry-config',
  Tools: {
    Git: 'mirror.example/git:1',
    Busybox: 'mirror.example/busybox:1',
    Makisu: 'mirror.example/makisu:1',
    Skopeo: 'mirror.example/skopeo:1',
  },
  PullSecret: '',
  Workspace: { Claim: 'workspace' },
  Values: {},
};

type Values = { [K in keyof typeof values]?: Partial<Record<string, unknown>> | string | undefined };

/** The objects of a template of `manifests/jobs`, with some values changed; those that are undefined are left out. */
export function renderedObjects(name: string, changes: Values = {}): KubernetesObject[] {
  const merged = Object.entries(values).map(([key, value]) => {
    const change = changes[key as keyof Values];
    if (key in changes && change === undefined) return [key, undefined];
    return [key, typeof change === 'object' ? { ...(value as object), ...change } : (change ?? value)];
  });
  const template = templates.get(name);
  if (!template) throw new Error(`${name} is no template`);
  return objectsFrom(template, Object.fromEntries(merged));
}

/** The one object of such a template that makes a pod. */
export function rendered(name: string, changes: Values = {}): Job {
  const [only, ...more] = renderedObjects(name, changes).filter(({ kind }) => kind !== 'ConfigMap');
  if (!only || more.length > 0) throw new Error(`${name} gives ${more.length + (only ? 1 : 0)} objects that make pods`);
  return only as unknown as Job;
}

/** The only container of a Job that is not there to prepare. */
export function mainContainer(job: Job): Container {
  const [container] = job.spec.template.spec.containers;
  if (!container) throw new Error('no container');
  return container;
}
