/** One request to a resource: its verb, the permission, the answer. */
import type { Cluster } from '../cluster.ts';
import { badRequest, methodNotAllowed, type Status } from '../model/errors.ts';
import type { ObjectInput } from '../model/objects.ts';
import { isVirtual, pods } from '../model/resources.ts';
import { authorize, review } from './access.ts';
import { readBody } from './body.ts';
import { create } from './create.ts';
import { evict } from './evict.ts';
import type { Answer, Exchange } from './exchange.ts';
import { podLog } from './logs.ts';
import { modify, type Target } from './modify.ts';
import { patch } from './patch.ts';
import { checkVersion, get, list, selection } from './read.ts';
import { type DeleteOptions, remove } from './remove.ts';
import { isTrue, type ResourcePath } from './request.ts';
import { refuseUnknown } from './unknown-fields.ts';
import { watch } from './watch.ts';

const ok = (body: object): Answer => ({ code: 200, body });

/** Answers one request. Throws StatusError. */
export async function handle(exchange: Exchange): Promise<Answer> {
  const { path, query, request } = exchange;
  const verb = verbOf(request.method ?? 'GET', path, query);
  const { resource, namespace, name, subresource } = path;
  const full = subresource ? `${resource.plural}/${subresource}` : resource.plural;
  authorize(exchange.cluster, { verb, group: resource.group, resource: full, namespace }, name);
  if (verb === 'get' && subresource === 'log') return podLog(exchange, name ?? '');
  if (subresource === 'exec') throw badRequest('Upgrade request required');
  if (verb === 'get') return ok(get(exchange.cluster, resource, namespace, name ?? ''));
  if (verb === 'list') {
    checkVersion(exchange.cluster, query.get('resourceVersion'));
    return ok(list(exchange.cluster, resource, namespace, selection(resource, query)));
  }
  if (verb === 'watch') {
    const fields = selection(resource, query);
    const close = watch(exchange.cluster, { resource, namespace, matches: fields, query }, exchange.response);
    exchange.streams(close);
    return 'streamed';
  }
  return write(exchange, verb, await readBody(request));
}

function verbOf(method: string, { resource, name }: ResourcePath, query: URLSearchParams): string {
  const one = name !== undefined;
  const verbs: Record<string, string | undefined> = {
    GET: one ? 'get' : isTrue(query.get('watch')) ? 'watch' : 'list',
    POST: 'create',
    PUT: one ? 'update' : undefined,
    PATCH: one ? 'patch' : undefined,
    DELETE: one ? 'delete' : 'deletecollection',
  };
  const verb = verbs[method];
  if (!verb || (isVirtual(resource) && verb !== 'create')) throw methodNotAllowed();
  return verb;
}

function write({ cluster, path, query, request }: Exchange, verb: string, body: unknown): Answer {
  const { resource, namespace, name = '', subresource } = path;
  const dryRun = query.get('dryRun') === 'All';
  const target: Target = { resource, namespace, name, subresource, dryRun };
  if (verb === 'delete') return deleted(remove(cluster, resource, namespace, name, deleteOptions(body, query)));
  if (verb === 'deletecollection') return ok(removeAll(cluster, path, query, deleteOptions(body, query)));
  if (typeof body !== 'object' || body === null) throw badRequest('the body of the request was empty or no object');
  const input = body as ObjectInput;
  if (verb === 'update') return ok(modify(cluster, target, () => input));
  if (verb === 'patch') {
    const { object, created } = patch(cluster, target, request.headers['content-type'] ?? '', body, query);
    return { code: created ? 201 : 200, body: object };
  }
  if (isVirtual(resource)) return { code: 201, body: review(cluster, input) };
  if (resource === pods && subresource === 'eviction') return { code: 201, body: evict(cluster, namespace, name) };
  if (name || (resource.namespaced && namespace === undefined)) throw methodNotAllowed();
  refuseUnknown({ ...input, kind: input.kind ?? resource.kind }, query);
  return { code: 201, body: create(cluster, resource, namespace, input, dryRun) };
}

const deleted = (body: Status | object): Answer => ok(body);

function deleteOptions(body: unknown, query: URLSearchParams): DeleteOptions {
  const grace = query.get('gracePeriodSeconds');
  const policy = query.get('propagationPolicy') as DeleteOptions['propagationPolicy'];
  const fromQuery = { ...(grace !== null && { gracePeriodSeconds: Number(grace) }), ...(policy && { propagationPolicy: policy }) };
  return { ...fromQuery, ...(body as DeleteOptions | undefined), dryRun: query.get('dryRun') === 'All' };
}

function removeAll(cluster: Cluster, { resource, namespace }: ResourcePath, query: URLSearchParams, options: DeleteOptions): object {
  if (resource.namespaced && namespace === undefined) throw methodNotAllowed();
  const chosen = cluster.store.list(resource, namespace).filter(selection(resource, query));
  const answer = list(cluster, resource, namespace, selection(resource, query));
  for (const { metadata } of chosen) remove(cluster, resource, metadata.namespace, metadata.name, options);
  return answer;
}
