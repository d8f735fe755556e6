/** What the API server fills in where a client says nothing, kind by kind. */
import { randomInt } from 'node:crypto';
import type { DataHolder, KubeObject, Namespace, PersistentVolumeClaim, ResourceQuota } from '../model/objects.ts';
import type { Job, Pod, PodTemplate } from '../model/pods.ts';
import { storageClasses } from '../model/resources.ts';
import type { Store } from '../model/store.ts';
import { podDefaults, podSpecDefaults } from './pod-defaults.ts';

type Fill = (object: KubeObject, store: Store) => void;

const namespace: Fill = (object) => {
  const one = object as Namespace;
  one.metadata.labels = { ...one.metadata.labels, 'kubernetes.io/metadata.name': one.metadata.name };
  one.spec = { ...one.spec, finalizers: ['kubernetes'] };
  one.status = { phase: 'Active' };
};

/** The selector and labels that tie a Job to its pods, by the Job's uid. */
const job: Fill = (object) => {
  const one = object as Job;
  const { name, uid } = one.metadata;
  const { spec } = one;
  const bare = spec.parallelism === undefined && spec.completions === undefined;
  const defaults = { parallelism: 1, ...(bare && { completions: 1 }), backoffLimit: 6 };
  const modes = { completionMode: 'NonIndexed', suspend: false, podReplacementPolicy: 'TerminatingOrFailed', manualSelector: false };
  Object.assign(spec, { ...defaults, ...modes, ...spec });
  if (!spec.manualSelector) spec.selector = { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } };
  template(spec.template, {
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
    'controller-uid': uid,
    'job-name': name,
  });
  one.metadata.labels ??= { ...spec.template.metadata?.labels };
  one.status = {};
};

function template(of: PodTemplate, labels: Record<string, string>): void {
  of.metadata = { ...of.metadata, labels: { ...of.metadata?.labels, ...labels } };
  podSpecDefaults(of.spec);
}

const deployment: Fill = (object) => {
  const spec = object.spec as { template: PodTemplate };
  const strategy = { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } };
  Object.assign(spec, { replicas: 1, strategy, revisionHistoryLimit: 10, progressDeadlineSeconds: 600, ...spec });
  template(spec.template, {});
  object.status ??= {};
};

const claim: Fill = (object, store) => {
  const one = object as PersistentVolumeClaim;
  const standard = store
    .list(storageClasses)
    .find((each) => each.metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true');
  if (standard) one.spec.storageClassName ??= standard.metadata.name;
  one.spec.volumeMode ??= 'Filesystem';
  one.metadata.finalizers = [...new Set([...(one.metadata.finalizers ?? []), 'kubernetes.io/pvc-protection'])];
  one.status = { phase: 'Pending' };
};

const secret = (object: KubeObject): void => {
  const { stringData, ...rest } = object as DataHolder & { stringData?: Record<string, string> };
  const encoded = Object.entries(stringData ?? {}).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
  delete object.stringData;
  const data = { ...rest.data, ...Object.fromEntries(encoded) };
  Object.assign(object, { type: 'Opaque', ...rest, ...(Object.keys(data).length > 0 && { data }) });
};

const service = (object: KubeObject): void => {
  const spec = object.spec as { clusterIP?: string; ports?: { port: number; targetPort?: number | string; protocol?: string }[] };
  const address = `10.152.183.${randomInt(2, 254)}`;
  const ip = spec.clusterIP ?? address;
  const families = { ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack', internalTrafficPolicy: 'Cluster', sessionAffinity: 'None' };
  Object.assign(spec, { type: 'ClusterIP', clusterIP: ip, clusterIPs: [ip], ...families, ...spec });
  for (const port of spec.ports ?? []) Object.assign(port, { protocol: 'TCP', targetPort: port.port, ...port });
  object.status ??= { loadBalancer: {} };
};

const quota: Fill = (object) => {
  const one = object as ResourceQuota;
  one.spec ??= {};
  one.status = {};
};

const fills: Record<string, Fill> = {
  Namespace: namespace,
  Job: job,
  Deployment: deployment,
  PersistentVolumeClaim: claim,
  Secret: secret,
  Service: service,
  ResourceQuota: quota,
  Pod: (object) => podDefaults(object as Pod),
};

/** Fills in a new object in place; its name and uid are set already. */
export const fillIn = (object: KubeObject, store: Store): void => fills[object.kind]?.(object, store);

/** Fills in again what an update of an existing object may have left out. */
export function refill(object: KubeObject): void {
  if (object.kind === 'Secret') secret(object);
  if (object.kind === 'Service') service(object);
  if (object.kind === 'Deployment') template((object.spec as { template: PodTemplate }).template, {});
}
