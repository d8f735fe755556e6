/** What the API server fills in where a pod says nothing (pkg/apis/core/v1/defaults.go), and the quality-of-service class. */
import type { Container, Pod, PodSpec } from '../model/pods.ts';

const withTag = (image: string): boolean => /[:@]/.test(image.slice(image.lastIndexOf('/') + 1));

const asTexts = (amounts: Record<string, string | number>): Record<string, string> =>
  Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, String(amount)]));

function containerDefaults(container: Container): void {
  const { image = '' } = container;
  container.imagePullPolicy ??= !withTag(image) || image.endsWith(':latest') ? 'Always' : 'IfNotPresent';
  container.terminationMessagePath ??= '/dev/termination-log';
  container.terminationMessagePolicy ??= 'File';
  container.resources ??= {};
  const { limits, requests } = container.resources;
  if (limits) container.resources.limits = asTexts(limits);
  if (limits ?? requests) container.resources.requests = asTexts({ ...limits, ...requests });
  for (const port of container.ports ?? []) port.protocol ??= 'TCP';
}

/** Fills in a pod's or a template's spec. */
export function podSpecDefaults(spec: PodSpec): void {
  const defaults = {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    schedulerName: 'default-scheduler',
    securityContext: {},
  };
  Object.assign(spec, { ...defaults, ...spec });
  for (const container of [...(spec.initContainers ?? []), ...(spec.containers ?? [])]) containerDefaults(container);
}

const seconds = 300;

/** What only a real pod gets, at its creation: account, tolerations, status. */
export function podDefaults(pod: Pod): void {
  podSpecDefaults(pod.spec);
  const lost = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];
  const tolerations = lost.map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: seconds }));
  const defaults = {
    serviceAccountName: 'default',
    serviceAccount: pod.spec.serviceAccountName ?? 'default',
    enableServiceLinks: true,
    preemptionPolicy: 'PreemptLowerPriority',
    priority: 0,
    tolerations,
  };
  Object.assign(pod.spec, { ...defaults, ...pod.spec });
  pod.status = { phase: 'Pending', qosClass: qosClass(pod.spec) };
}

/** Guaranteed where every container limits cpu and memory to what it requests, BestEffort where none says anything. */
function qosClass({ containers, initContainers = [] }: PodSpec): string {
  const all = [...initContainers, ...containers].map(({ resources = {} }) => resources);
  const said = ({ requests = {}, limits = {} }: NonNullable<Container['resources']>): boolean =>
    ['cpu', 'memory'].some((name) => requests[name] ?? limits[name]);
  const equal = ({ requests = {}, limits = {} }: NonNullable<Container['resources']>): boolean =>
    ['cpu', 'memory'].every((name) => limits[name] !== undefined && requests[name] === limits[name]);
  if (!all.some(said)) return 'BestEffort';
  return all.every(equal) ? 'Guaranteed' : 'Burstable';
}
