/** ResourceQuota: what a namespace uses, what an object would add, and the refusal when that is over the limit. */
import type { Cluster } from '../cluster.ts';
import { forbidden } from '../model/errors.ts';
import type { KubeObject, ResourceQuota } from '../model/objects.ts';
import { isOver, type Pod, type PodSpec } from '../model/pods.ts';
import { quantity, quantityText } from '../model/quantity.ts';
import { claims, pods, quotas, type Resource, resources } from '../model/resources.ts';
import type { Store } from '../model/store.ts';

type Amounts = Record<string, number>;

const add = (sum: Amounts, more: Amounts): Amounts => {
  for (const [name, value] of Object.entries(more)) sum[name] = (sum[name] ?? 0) + value;
  return sum;
};

const most = (sum: Amounts, more: Amounts): Amounts => {
  for (const [name, value] of Object.entries(more)) sum[name] = Math.max(sum[name] ?? 0, value);
  return sum;
};

const amountsOf = (from: Record<string, string> | undefined): Amounts =>
  Object.fromEntries(Object.entries(from ?? {}).map(([name, text]) => [name, quantity(text)]));

/** What a pod asks for in all: the sum of its containers, or the largest init container where that is more. */
export function podResources(spec: PodSpec, side: 'requests' | 'limits'): Amounts {
  const sum = spec.containers.map((one) => amountsOf(one.resources?.[side])).reduce(add, {});
  return (spec.initContainers ?? []).map((one) => amountsOf(one.resources?.[side])).reduce(most, sum);
}

/** What one object counts for, by the names that a quota's `hard` uses. */
function usage(resource: Resource, object: KubeObject): Amounts {
  const count: Amounts = { [`count/${resource.plural}${resource.group && `.${resource.group}`}`]: 1 };
  if (resource === pods) return isOver(object as Pod) ? count : { ...count, ...podUsage(object as Pod) };
  if (resource !== claims) return { ...count, [resource.plural]: 1 };
  const { resources: asked } = object.spec as { resources?: { requests?: { storage?: string } } };
  return { ...count, persistentvolumeclaims: 1, 'requests.storage': quantity(asked?.requests?.storage) };
}

function podUsage({ spec }: Pod): Amounts {
  const requests = podResources(spec, 'requests');
  const limits = podResources(spec, 'limits');
  const named = (prefix: string, of: Amounts): Amounts =>
    Object.fromEntries(Object.entries(of).map(([name, value]) => [`${prefix}.${name}`, value]));
  return { pods: 1, ...requests, ...named('requests', requests), ...named('limits', limits) };
}

function used(store: Store, namespace: string): Amounts {
  const counted = resources.filter(({ namespaced }) => namespaced);
  return counted.flatMap((resource) => store.list(resource, namespace).map((object) => usage(resource, object))).reduce(add, {});
}

const listed = (names: string[], amounts: Amounts, like: Record<string, string>): string =>
  names.map((name) => `${name}=${quantityText(amounts[name] ?? 0, like[name])}`).join(',');

/** Throws 403 where `object` would take its namespace over a quota. */
export function checkQuota({ store }: Cluster, resource: Resource, object: KubeObject): void {
  const namespace = object.metadata.namespace ?? '';
  const rules = store.list<ResourceQuota>(quotas, namespace);
  if (rules.length === 0) return;
  const present = used(store, namespace);
  const wanted = usage(resource, object);
  const shown = object.metadata.name;
  for (const { metadata, spec } of rules) {
    const hard = spec.hard ?? {};
    const unsaid = resource === pods ? unsaidIn(object as Pod, hard) : [];
    if (unsaid.length > 0) throw forbidden(resource, shown, `failed quota: ${metadata.name}: must specify ${unsaid.join('; ')}`);
    const over = Object.keys(hard).filter(
      (name) => (wanted[name] ?? 0) > 0 && (present[name] ?? 0) + (wanted[name] ?? 0) > quantity(hard[name]),
    );
    if (over.length === 0) continue;
    const names = over.sort();
    const limited = listed(names, amountsOf(hard), hard);
    const amounts = `requested: ${listed(names, wanted, hard)}, used: ${listed(names, present, hard)}, limited: ${limited}`;
    throw forbidden(resource, shown, `exceeded quota: ${metadata.name}, ${amounts}`);
  }
}

// A quota on cpu or memory makes every container say how much of it it wants.
function unsaidIn({ spec }: Pod, hard: Record<string, string>): string[] {
  const computed = Object.keys(hard)
    .sort()
    .filter((name) => /^((requests|limits)\.)?(cpu|memory)$/.test(name));
  return computed.flatMap((name) => {
    const side = name.startsWith('limits.') ? 'limits' : 'requests';
    const kind = name.replace(/^(requests|limits)\./, '');
    const silent = [...(spec.initContainers ?? []), ...spec.containers].filter((one) => one.resources?.[side]?.[kind] === undefined);
    return silent.length > 0 ? [`${name} for: ${silent.map((one) => one.name).join(',')}`] : [];
  });
}

/** Brings the status of a namespace's quotas up to date. */
export function countQuotas({ store }: Cluster, namespace: string): void {
  const rules = store.list<ResourceQuota>(quotas, namespace);
  if (rules.length === 0) return;
  const present = used(store, namespace);
  for (const rule of rules) {
    const hard = rule.spec.hard ?? {};
    const entries = Object.keys(hard).map((name) => [name, quantityText(present[name] ?? 0, hard[name])]);
    store.update<ResourceQuota>(quotas, rule, (draft) => {
      draft.status = { hard, used: Object.fromEntries(entries) };
    });
  }
}
