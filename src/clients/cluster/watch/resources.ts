import { ClusterError, type KubernetesObject } from '../../../core/cluster.ts';
import type { ApiServer } from '../transport/api-server.ts';
import { rawResources } from './raw.ts';

interface Resource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** Finds the API path of a kind of object through discovery; requested once per API group, and anew after a kind was missing. */
export class Resources {
  readonly #api: ApiServer;
  readonly #groups = new Map<string, Promise<readonly Resource[]>>();

  constructor(api: ApiServer) {
    this.#api = api;
  }

  /** The path of the collection in which the object is created. @throws ClusterError if the server does not know the kind. */
  async collection({ apiVersion, kind, metadata }: KubernetesObject): Promise<string> {
    const root = groupPath(apiVersion);
    const resource = (await this.#group(root)).find((one) => one.kind === kind);
    if (resource === undefined) {
      // It may be installed later, or the list was one of a server that was starting.
      this.#groups.delete(root);
      throw invalid(`The cluster has no kind ${kind} in ${apiVersion}. Correct apiVersion or kind.`);
    }
    if (!resource.namespaced) return `${root}/${resource.name}`;
    if (metadata.namespace === undefined) throw invalid(`${kind} ${metadata.name} has no namespace. Set metadata.namespace.`);
    return `${root}/namespaces/${metadata.namespace}/${resource.name}`;
  }

  #group(root: string): Promise<readonly Resource[]> {
    const known = this.#groups.get(root);
    if (known !== undefined) return known;
    const asked = this.#ask(root);
    this.#groups.set(root, asked);
    asked.catch(() => this.#groups.delete(root));
    return asked;
  }

  async #ask(root: string): Promise<readonly Resource[]> {
    const { resources } = await this.#api.json({ doing: `list the kinds of ${root}`, path: root }, rawResources);
    return resources.filter(({ name }) => !name.includes('/'));
  }
}

function groupPath(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

function invalid(message: string): ClusterError {
  return new ClusterError(message, { code: 400, reason: 'BadRequest', retry: false });
}
