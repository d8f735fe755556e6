import { z } from 'zod';
import type { ApiServer } from '../../src/clients/cluster/transport/api-server.ts';
import { rawPod } from '../../src/clients/cluster/watch/raw.ts';
import { Reflector } from '../../src/clients/cluster/watch/reflector.ts';
import { labels } from '../../src/core/cluster.ts';

/** A pod as the API server gives it, as far as the tests look at it. */
const podSchema = rawPod.extend({
  spec: z.object({
    containers: z.array(
      z.object({
        name: z.string(),
        image: z.string(),
        resources: z.object({ limits: z.record(z.string(), z.string()).optional() }).optional(),
      }),
    ),
  }),
});
export type Pod = z.output<typeof podSchema>;

/** Every pod of an installation that ever was in the cluster, from the moment that it is watched. */
export interface Pods {
  readonly synced: Promise<void>;
  /** Names of all pods ever made, by `namespace/job`; a Job that was made twice has two. */
  readonly made: ReadonlyMap<string, ReadonlySet<string>>;
  /** The latest view of the pods of a run's stage, also of those that are gone. */
  of(run: string, stage: string): readonly Pod[];
  /** Names of the pods of a run that are in the cluster now. */
  present(run: string): readonly string[];
  stop(): void;
}

export function everyPod(api: ApiServer, labelSelector: string): Pods {
  const made = new Map<string, Set<string>>();
  const latest = new Map<string, { pod: Pod; gone: boolean }>();
  const watch = new Reflector<Pod, Pod>(api, {
    what: 'Pods',
    kind: 'Pod',
    path: '/api/v1/pods',
    schema: podSchema,
    labelSelector,
    view: (raw) => raw,
    seen(pod, gone) {
      const { uid, name, namespace } = pod.metadata;
      const job = `${namespace}/${pod.metadata.labels?.['batch.kubernetes.io/job-name']}`;
      made.set(job, (made.get(job) ?? new Set()).add(name));
      latest.set(uid, { pod, gone });
    },
    up: () => undefined,
    down: () => undefined,
    failed(error) {
      throw error;
    },
  }).start();
  const all = (run: string) => [...latest.values()].filter(({ pod }) => pod.metadata.labels?.[labels.run] === run);
  return {
    synced: watch.synced,
    made,
    of: (run, stage) => all(run).flatMap(({ pod }) => (pod.metadata.labels?.[labels.stage] === stage ? [pod] : [])),
    present: (run) => all(run).flatMap(({ pod, gone }) => (gone ? [] : [pod.metadata?.name ?? ''])),
    stop: () => watch.stop(),
  };
}
