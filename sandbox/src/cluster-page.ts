import type { Kubernetes } from './kubernetes/kubernetes.ts';
import type { ClusterSnapshot as StandInSnapshot } from './kubernetes/snapshot.ts';
import type { ClusterSource } from './page/ports.ts';
import type { ClusterSnapshot, JobView, PodView } from './page/types.ts';

/** The stand-in's contents as the page shows them. */
export function standInOnPage(kubernetes: Kubernetes): ClusterSource {
  return { snapshot: () => onPage(kubernetes.snapshot()), onChange: (listener) => kubernetes.onChange(listener) };
}

function onPage({ namespaces }: StandInSnapshot): ClusterSnapshot {
  return {
    namespaces: namespaces.map(({ name, phase, jobs, pods, claims }) => ({
      name,
      phase: phase === 'Terminating' ? 'Terminating' : 'Active',
      jobs: jobs.map(
        (job): JobView => ({
          name: job.name,
          state: job.state === 'active' ? 'running' : job.state,
          ...filled({ reason: job.reason }),
          created: job.createdAt,
        }),
      ),
      pods: pods.map(
        (pod): PodView => ({
          name: pod.name,
          phase: pod.phase as PodView['phase'],
          ...filled({ reason: pod.reason, message: pod.message }),
          containers: pod.containers.map(({ name: container, state, reason, exitCode }) => ({
            name: container,
            state,
            ...filled({ reason }),
            ...(exitCode === undefined ? {} : { exitCode }),
          })),
        }),
      ),
      claims: claims.map((claim) => ({ name: claim.name, phase: claim.phase, ...filled({ capacity: claim.size }) })),
    })),
  };
}

/** Without what is empty. */
function filled<T extends Record<string, string>>(fields: T): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== '')) as Partial<T>;
}
