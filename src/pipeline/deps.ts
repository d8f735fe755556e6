import type { Config, Secrets } from '../core/config.ts';
import type { Run } from '../core/run/run.ts';
import type { RunBook } from '../core/run/run-book.ts';
import type { CommitVersions } from './intake/requests.ts';
import type { RunLogs } from './logs/stage-logs.ts';
import type { Ports } from './ports.ts';
import type { RunStep } from './reconcile-run.ts';
import type { ClusterView } from './stage/cluster-view.ts';
import { namespacesIn } from './stage/network-policy.ts';
import { surroundings } from './stage/stage-values.ts';

export interface DepsParts {
  readonly config: Config;
  readonly secrets: Partial<Secrets>;
  readonly book: RunBook;
  readonly ports: Ports;
  readonly view: ClusterView;
  readonly logs: RunLogs;
  readonly versions: CommitVersions;
}

/** What the steps of a run take in hand, each its own little part of what is outside. */
export function depsOf({ config, secrets, book, ports, view, logs, versions }: DepsParts): RunStep {
  const { cluster, registry, templates, now, log, release, clone } = ports;
  const { repositories } = config;
  const around = surroundings(config, secrets, clone?.kindOf);
  const network = config.networkPolicy && { network: { template: config.networkPolicy, namespaces: reachedBy(config) } };
  const start = {
    book,
    cluster,
    templates,
    around,
    secrets,
    outside: release.logins,
    ...network,
    now,
    repositories,
    ...(clone && { clone }),
  };
  const observation = { book, view, cluster, registry, logs, now };
  const forget = (run: Run) => {
    logs.forget(run);
    view.forget(run);
  };
  return {
    book,
    repositories,
    start,
    ...(clone && { logins: { clone, cluster, now, madeAt: new Map() } }),
    observation,
    cleaning: { book, cluster, keepMs: config.keep.namespaces, forget, now },
    release: { ...release, book, start, observation, registry, versions, now, log },
  };
}

/** The namespaces that the pods of a run must reach. */
export function reachedBy({ registry, cache, repositories }: Pick<Config, 'registry' | 'cache' | 'repositories'>): string[] {
  return namespacesIn([registry.push, cache ?? '', ...repositories.map(({ clone }) => clone)]);
}
