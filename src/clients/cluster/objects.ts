import { ClusterError, type KubernetesObject, labels } from '../../core/cluster.ts';
import type { ApiServer } from './transport/api-server.ts';
import type { RawNamespace, RawObject } from './watch/raw.ts';
import { Resources } from './watch/resources.ts';

/** Makes and removes objects so that each step may be repeated. */
export class Objects {
  readonly #api: ApiServer;
  readonly #resources: Resources;

  constructor(api: ApiServer) {
    this.#api = api;
    this.#resources = new Resources(api);
  }

  /** Creates; `exists` where an object of that name carries the same run uid. An unknown field is an error. @throws ClusterError */
  async create(object: KubernetesObject): Promise<'created' | 'exists'> {
    const doing = `create ${titleOf(object)}`;
    const path = await this.#resources.collection(object);
    try {
      await this.#api.json({ doing, method: 'POST', path, query: { fieldManager: 'coxswain', fieldValidation: 'Strict' }, body: object });
      return 'created';
    } catch (error) {
      if (!(error instanceof ClusterError) || error.reason !== 'AlreadyExists') throw error;
      await this.#checkOurs(object, `${path}/${encodeURIComponent(object.metadata.name)}`, error);
      return 'exists';
    }
  }

  /** Everything of a creation but the object: whether it would be refused (dry run). @throws ClusterError */
  async tryCreate(object: KubernetesObject): Promise<void> {
    const path = await this.#resources.collection(object);
    await this.#api.json({ doing: `try ${titleOf(object)}`, method: 'POST', path, query: { dryRun: 'All' }, body: object });
  }

  /** Creates or changes to what is given (server-side apply). Not for what belongs to a run, and never for a Secret. @throws ClusterError */
  async apply(object: KubernetesObject): Promise<void> {
    if (object.kind === 'Secret')
      throw new Error(`Secret ${object.metadata.name} must be created, not applied: a patch would keep its old keys.`);
    const path = `${await this.#resources.collection(object)}/${encodeURIComponent(object.metadata.name)}`;
    const query = { fieldManager: 'coxswain', force: true, fieldValidation: 'Strict' };
    const contentType = 'application/apply-patch+yaml';
    await this.#api.json({ doing: `apply ${titleOf(object)}`, method: 'PATCH', path, query, contentType, body: object });
  }

  /** Puts an object in the place of the one that is there and ours, old keys and all. @throws ClusterError */
  async replace(object: KubernetesObject): Promise<void> {
    const path = `${await this.#resources.collection(object)}/${encodeURIComponent(object.metadata.name)}`;
    const query = { fieldManager: 'coxswain', fieldValidation: 'Strict' };
    await this.#api.json({ doing: `replace ${titleOf(object)}`, method: 'PUT', path, query, body: object });
  }

  /** Deletes a Job, and in the background its pods; absent is fine. @throws ClusterError */
  async deleteJob(namespace: string, name: string): Promise<void> {
    const path = `/apis/batch/v1/namespaces/${encodeURIComponent(namespace)}/jobs/${encodeURIComponent(name)}`;
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background' };
    await absentIsFine(this.#api.json({ doing: `delete Job ${namespace}/${name}`, method: 'DELETE', path, body }));
  }

  /** Deletes a pod, with its grace period; absent is fine. @throws ClusterError */
  async deletePod(namespace: string, name: string): Promise<void> {
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}`;
    await absentIsFine(this.#api.json({ doing: `delete pod ${namespace}/${name}`, method: 'DELETE', path }));
  }

  /** Deletes a namespace of the run with that uid, and no other; absent, or on its way out, is fine. @throws ClusterError */
  async deleteNamespace(name: string, runUid: string): Promise<void> {
    const doing = `delete namespace ${name}`;
    const path = `/api/v1/namespaces/${encodeURIComponent(name)}`;
    const found = (await absentIsFine(this.#api.json({ doing, path }))) as RawNamespace | undefined;
    if (found === undefined || isEnding(found)) return;
    const owner = found.metadata?.labels?.[labels.runUid];
    if (owner !== runUid) throw notOurs(`Namespace ${name} is not deleted: it belongs to ${owner ?? 'no run'}, not to run ${runUid}.`);
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid: found.metadata?.uid } };
    await absentIsFine(this.#api.json({ doing, method: 'DELETE', path, body }));
  }

  async #checkOurs(object: KubernetesObject, path: string, refused: ClusterError): Promise<void> {
    const title = titleOf(object);
    const found = (await absentIsFine(this.#api.json({ doing: `read ${title}`, path }))) as RawObject | undefined;
    if (found === undefined)
      throw new ClusterError(`${title} disappeared while it was being created.`, {
        code: 409,
        reason: 'Conflict',
        retry: true,
        cause: refused,
      });
    const owner = found.metadata?.labels?.[labels.runUid];
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

/** The answer, or undefined where there is no such object. */
export async function absentIsFine(answer: Promise<unknown>): Promise<unknown> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ClusterError && error.code === 404) return undefined;
    throw error;
  }
}

function isEnding({ metadata }: RawObject): boolean {
  return metadata?.deletionTimestamp !== undefined && metadata.deletionTimestamp !== null;
}

function notOurs(message: string, cause?: ClusterError): ClusterError {
  return new ClusterError(message, { code: 409, reason: 'AlreadyExists', retry: false, cause });
}
