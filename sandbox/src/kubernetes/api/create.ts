/** Creating an object, as the API server does it for clients and controllers alike: namespace, names, validation, defaults, admission. */
import { randomUUID } from 'node:crypto';
import type { Cluster } from '../cluster.ts';
import { admitPod } from '../controllers/pod-admission.ts';
import { checkQuota } from '../controllers/quota.ts';
import { alreadyExists, badRequest, forbidden, notFound, StatusError } from '../model/errors.ts';
import { generatedName } from '../model/names.ts';
import type { KubeObject, Namespace, ObjectInput, ObjectMeta } from '../model/objects.ts';
import type { Pod } from '../model/pods.ts';
import { apiVersionOf, namespaces, pods, type Resource } from '../model/resources.ts';
import { fillIn } from './defaults.ts';
import { validate } from './validate.ts';

/** Creates `input`; with `dryRun` everything is checked and nothing stored. Throws StatusError. */
export function create(
  cluster: Cluster,
  resource: Resource,
  namespace: string | undefined,
  input: ObjectInput,
  dryRun = false,
): KubeObject {
  const { store } = cluster;
  checkType(resource, input);
  const metadata = metaOf(resource, namespace, input);
  if (resource.namespaced) checkNamespace(cluster, resource, metadata);
  const object = { ...structuredClone(input), apiVersion: apiVersionOf(resource), kind: resource.kind, metadata } as KubeObject;
  validate(object, resource);
  fillIn(object, store);
  if (resource === pods) admitPod(cluster, object as Pod, input.metadata?.generateName);
  if (resource.namespaced) checkQuota(cluster, resource, object);
  if (store.get(resource, metadata.namespace, metadata.name)) throw alreadyExists(resource, metadata.name);
  return dryRun ? object : store.create(resource, object);
}

/** Throws 400 where the body is of another kind than the path. */
export function checkType(resource: Resource, { apiVersion, kind }: ObjectInput): void {
  const wanted = apiVersionOf(resource);
  if ((kind === undefined || kind === resource.kind) && (apiVersion === undefined || apiVersion === wanted)) return;
  if (kind === resource.kind)
    throw badRequest(`the API version in the data (${apiVersion}) does not match the expected API version (${wanted})`);
  const conversion = `converting (${resource.version}.${kind}) to (${resource.group || 'core'}.${resource.kind}): unknown conversion`;
  throw badRequest(`${kind} in version "${apiVersion ?? wanted}" cannot be handled as a ${resource.kind}: ${conversion}`);
}

function metaOf(resource: Resource, namespace: string | undefined, { metadata = {} }: ObjectInput): ObjectMeta {
  if (resource.namespaced && metadata.namespace && namespace && metadata.namespace !== namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  const { deletionTimestamp, deletionGracePeriodSeconds, generation, resourceVersion, ...kept } = structuredClone(metadata);
  const name = kept.name || (kept.generateName ? generatedName(kept.generateName) : '');
  const place = resource.namespaced ? { namespace: namespace ?? 'default' } : {};
  if (resourceVersion) throw new StatusError(500, '', 'resourceVersion should not be set on objects to be created');
  return { ...kept, name, ...place, uid: randomUUID(), creationTimestamp: '', resourceVersion: '' };
}

function checkNamespace({ store }: Cluster, resource: Resource, { name, namespace = '' }: ObjectMeta): void {
  const found = store.get<Namespace>(namespaces, undefined, namespace);
  if (!found) throw notFound(namespaces, namespace);
  if (found.status.phase !== 'Terminating') return;
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
  const cause = { reason: 'NamespaceTerminating', message: `namespace ${namespace} is being terminated`, field: 'metadata.namespace' };
  throw forbidden(resource, name, why, [cause]);
}
