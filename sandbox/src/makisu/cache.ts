import type { Log } from './log.ts';
import type { Remote } from './remote.ts';
import type { IdStore, LayerStore } from './storage.ts';
import { within } from './within.ts';

/** What a step left: the layer that it committed. Undefined: a step that changes no files. */
export interface Committed {
  readonly tarDigest: string;
  readonly digest: string;
  readonly bytes: Buffer;
}

/** The cache as Makisu has it: the meaning of an ID in a store, the layers in the registry that is pushed to. */
export interface Cache {
  /** 'none' where the cache knows that the step leaves no layer; throws where it does not know the step. */
  pull(id: string): Promise<Committed | 'none'>;
  /** Returns at once; the layer goes to the registry beside the build. */
  push(id: string, committed: Committed | undefined): void;
  /** Waits for all that was pushed; throws what went wrong with it. */
  settled(): Promise<void>;
}

const nothing = 'MAKISU_CACHE_EMPTY';
const hexOf = (digest: string): string => digest.replace('sha256:', '');

export const noCache = (): Cache => ({
  async pull(id) {
    throw new Error(`Unable to find layer ${id} in Noop cache: layer not found in cache`);
  },
  push() {},
  async settled() {},
});

export interface CacheParts {
  readonly ids: IdStore;
  readonly layers: LayerStore;
  readonly remote: Remote | undefined;
  readonly log: Log;
}

export function openCache({ ids, layers, remote, log }: CacheParts): Cache {
  const fresh = new Map<string, string>();
  const pushes: Promise<unknown>[] = [];
  const store = async (id: string, entry: string, committed: Committed | undefined, to: Remote): Promise<void> => {
    if (committed !== undefined) await within(`push layer ${committed.digest}`, () => to.pushLayer(committed.digest, committed.bytes));
    await ids.put(id, entry);
    log.info(`Stored cacheID mapping to KVStore: ${id} => ${entry}`);
  };
  return {
    async pull(id) {
      const entry = fresh.get(id) ?? (await ids.get(id));
      if (entry === undefined) throw new Error(`find layer ${id}: layer not found in cache`);
      log.info(`Found mapping in cacheID ${fresh.has(id) ? 'mem kv' : 'kv'} store: ${id} => ${entry}`);
      if (entry === nothing) return 'none';
      const [tar = '', hex = ''] = entry.split(',');
      const bytes = (await layers.has(hex)) ?? (await pulled(hex, entry, layers, remote));
      return { tarDigest: `sha256:${tar}`, digest: `sha256:${hex}`, bytes };
    },
    push(id, committed) {
      const entry = committed === undefined ? nothing : `${hexOf(committed.tarDigest)},${hexOf(committed.digest)}`;
      fresh.set(id, entry);
      const pushing =
        remote === undefined
          ? Promise.reject(new Error('registry client not configured to push cache'))
          : store(id, entry, committed, remote);
      pushes.push(pushing);
      pushing.catch(() => {});
    },
    async settled() {
      const results = await Promise.allSettled(pushes);
      const reasons = results.flatMap((result) => (result.status === 'rejected' ? [(result.reason as Error).message] : []));
      if (reasons.length > 0) throw new Error(reasons.join('; '));
    },
  };
}

async function pulled(hex: string, entry: string, layers: LayerStore, remote: Remote | undefined): Promise<Buffer> {
  if (remote === undefined) throw new Error('registry client not configured to pull cache');
  try {
    const bytes = await remote.pullLayer(`sha256:${hex}`);
    await layers.keep(hex, bytes);
    return bytes;
  } catch (error) {
    throw new Error(`pull layer ${entry}: ${(error as Error).message}`);
  }
}
