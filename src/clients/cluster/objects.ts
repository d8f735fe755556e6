import { ClusterError, type KubernetesObject, labels } from '../../core/cluster.ts';
import type { ApiServer } from './transport/api-server.ts';
import { type RawObject, rawDeleted, rawNamespace, rawObject } from './watch/raw.ts';
import { Resources } from './watch/resources.ts';

/** Creates and deletes objects idempotently. */
export class Objects {
  readonly #api: ApiServer;
  readonly #resources: Resources;

  constructor(api: ApiServer) {
    this.#api = api;
    this.#resources = new Resources(api);
  }

  /** Creates an object; `exists` if one of that name has the same run uid. An unknown field is an error. @throws ClusterError */
  async create(object: KubernetesObject): Promise<'created' | 'exists'> {
    const doing = `create ${titleOf(object)}`;
    const path = await this.#resources.collection(object);
    const query = { fieldManager: 'coxswain', fieldValidation: 'Strict' };
    try {
      await byApiServer(this.#api.json({ doing, method: 'POST', path, query, body: object }, rawObject));
      return 'created';
    } catch (error) {
      if (!(error instanceof ClusterError) || error.reason !== 'AlreadyExists') throw error;
      await this.#checkOurs(object, `${path}/${encodeURIComponent(object.metadata.name)}`, error);
      return 'exists';
    }
  }

  /** Checks whether creating the object would be refused (dry run). @throws ClusterError */
  async tryCreate(object: KubernetesObject): Promise<void> {
    const path = await this.#resources.collection(object);
    await this.#api.json({ doing: `try ${titleOf(object)}`, method: 'POST', path, query: { dryRun: 'All' }, body: object }, rawDeleted);
  }

  /** Creates or updates an object (server-side apply). Not for objects of a run, and never for a Secret. @throws ClusterError */
  async apply(object: KubernetesObject): Promise<void> {
    if (object.kind === 'Secret')
      throw new Error(`Secret ${object.metadata.name} must be created, not applied: a patch would keep its old keys.`);
    const path = `${await this.#resources.collection(object)}/${encodeURIComponent(object.metadata.name)}`;
    const query = { fieldManager: 'coxswain', force: true, fieldValidation: 'Strict' };
    const contentType = 'application/apply-patch+yaml';
    const doing = `apply ${titleOf(object)}`;
    await byApiServer(this.#api.json({ doing, method: 'PATCH', path, query, contentType, body: object }, rawObject));
  }

  /** Replaces an existing object of ours entirely, so that old keys disappear. @throws ClusterError */
  async replace(object: KubernetesObject): Promise<void> {
    const path = `${await this.#resources.collection(object)}/${encodeURIComponent(object.metadata.name)}`;
    const query = { fieldManager: 'coxswain', fieldValidation: 'Strict' };
    await byApiServer(this.#api.json({ doing: `replace ${titleOf(object)}`, method: 'PUT', path, query, body: object }, rawObject));
  }

  /** Deletes a Job, and in the background its pods; not an error if absent. @throws ClusterError */
  async deleteJob(namespace: string, name: string): Promise<void> {
    const path = `/apis/batch/v1/namespaces/${encodeURIComponent(namespace)}/jobs/${encodeURIComponent(name)}`;
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background' };
    await absentIsFine(this.#api.json({ doing: `delete Job ${namespace}/${name}`, method: 'DELETE', path, body }, rawDeleted));
  }

  /** Deletes a pod, with its grace period; not an error if absent. @throws ClusterError */
  async deletePod(namespace: string, name: string): Promise<void> {
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}`;
    await absentIsFine(this.#api.json({ doing: `delete pod ${namespace}/${name}`, method: 'DELETE', path }, rawDeleted));
  }

  /** Deletes a namespace if it belongs to the run with that uid; not an error if absent or already terminating. @throws ClusterError */
  async deleteNamespace(name: string, runUid: string): Promise<void> {
    const doing = `delete namespace ${name}`;
    const path = `/api/v1/namespaces/${encodeURIComponent(name)}`;
    const found = await absentIsFine(this.#api.json({ doing, path }, rawNamespace));
    if (found === undefined || isEnding(found)) return;
    const owner = found.metadata.labels?.[labels.runUid];
    if (owner !== runUid) throw notOurs(`Namespace ${name} is not deleted: it belongs to ${owner ?? 'no run'}, not to run ${runUid}.`);
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid: found.metadata.uid } };
    await absentIsFine(this.#api.json({ doing, method: 'DELETE', path, body }, rawDeleted));
  }

  async #checkOurs(object: KubernetesObject, path: string, refused: ClusterError): Promise<void> {
    const title = titleOf(object);
    const found = await absentIsFine(this.#api.json({ doing: `read ${title}`, path }, rawObject));
    if (found === undefined)
      throw new ClusterError(`${title} disappeared while it was being created.`, {
        code: 409,
        reason: 'Conflict',
        retry: true,
        cause: refused,
      });
    const owner = found.metadata.labels?.[labels.runUid];
    const run = object.metadata.labels?.[labels.runUid];
    if (run === undefined || owner !== run) {
      throw notOurs(
        `${title} already exists and belongs to ${owner ?? 'no run'}, not to run ${run ?? '(without a uid)'}. Delete or rename it.`,
        refused,
      );
    }
  }
}

/** `Job cox-lab-runner-1/image` */
function titleOf({ kind, metadata }: KubernetesObject): string {
  return `${kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`;
}

/** The response, or undefined if there is no such object. */
export async function absentIsFine<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await byApiServer(answer);
  } catch (error) {
    if (!(error instanceof ClusterError) || error.code !== 404) throw error;
    return undefined;
  }
}

/** The response; a 404 that is not the API server's own word is of something that stands in its place for a while. */
async function byApiServer<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof ClusterError) || error.code !== 404 || error.reason === 'NotFound') throw error;
    throw new ClusterError(error.message, { code: 0, reason: 'Unreachable', retry: true, cause: error });
  }
}

function isEnding({ metadata }: RawObject): boolean {
  return metadata.deletionTimestamp !== undefined;
}

function notOurs(message: string, cause?: ClusterError): ClusterError {
  return new ClusterError(message, { code: 409, reason: 'AlreadyExists', retry: false, cause });
}
