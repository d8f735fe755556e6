import { readFileSync } from 'node:fs';
import { toObjects } from '../../src/templates/objects.ts';
import { parseTemplate } from '../../src/templates/parse.ts';
import { render } from '../../src/templates/render.ts';

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
  initContainers: Container[];
  containers: Container[];
  volumes: { name: string }[];
}

/** Each job template of `manifests/jobs` and the reader of its log. */
export const jobTemplates: Readonly<Record<string, string>> = { makisu: 'makisu', test: 'go-test', 'gpu-test': 'go-test' };

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
    GPUs: 0,
    TimeoutSeconds: 2700,
    Dockerfile: 'Dockerfile',
    Context: '.',
    Command: ['sh', '-c', 'echo "it\'s $(BRANCH)"'],
  },
  Image: { Repository: 'demo/hello', Tag: 't1', Digest: 'sha256:1', Ref: 'localhost:32000/demo/hello@sha256:1' },
  Registry: { Push: 'registry:5000', Pull: 'localhost:32000' },
  Cache: '',
  Git: { URL: 'https://git.example.com/demo.git', Secret: '' },
  RegistrySecret: 'registry-config',
  Workspace: { Claim: 'workspace' },
  Values: {},
};

type Values = { [K in keyof typeof values]?: Partial<Record<string, unknown>> | string };

/** The Job of a template of `manifests/jobs`, with some values changed. */
export function rendered(name: string, changes: Values = {}): Job {
  const merged = Object.entries(values).map(([key, value]) => {
    const change = changes[key as keyof Values];
    return [key, typeof change === 'object' ? { ...(value as object), ...change } : (change ?? value)];
  });
  const text = readFileSync(new URL(`../../manifests/jobs/${name}.yaml`, import.meta.url), 'utf8');
  const objects = toObjects(name, render(parseTemplate(name, text), Object.fromEntries(merged)));
  if (objects.length !== 1) throw new Error(`${name} gives ${objects.length} objects`);
  return objects[0] as unknown as Job;
}

/** The only container of a Job that is not there to prepare. */
export function mainContainer(job: Job): Container {
  const [container] = job.spec.template.spec.containers;
  if (!container) throw new Error('no container');
  return container;
}
