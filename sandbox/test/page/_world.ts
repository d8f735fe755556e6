import { type Page, startPage } from '../../src/page/start.ts';
import type { ClusterSnapshot, Commit, CommitKind, Part } from '../../src/page/types.ts';
import type { SlackStandIn } from '../../src/slack/start.ts';
import { start } from '../slack/_slack.ts';

/** A value that can be set, and tells those who listen. */
function source<T>(first: T) {
  let value = first;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set(next: T) {
      value = next;
      for (const listener of listeners) listener();
    },
    onChange(listener: () => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

const parts: readonly Part[] = [
  { name: 'Slack', real: false, detail: 'Web API and Socket Mode on this machine, with the rules and limits that Slack documents.' },
  { name: 'Kubernetes', real: false, detail: 'The API over HTTP; containers run as local processes in a scratch folder.' },
  { name: 'Registry', real: false, detail: 'Keeps true OCI images in memory.' },
  { name: 'git', real: true, detail: 'A real repository in the scratch folder, read by the git command line.' },
];

export interface World {
  readonly standIn: SlackStandIn;
  readonly page: Page;
  readonly cluster: ReturnType<typeof source<ClusterSnapshot>>;
  readonly commits: ReturnType<typeof source<readonly Commit[]>>;
  readonly made: CommitKind[];
  close(): Promise<void>;
}

/** A page over a Slack stand-in, a cluster and commits that a test sets by hand. */
export async function world(): Promise<World> {
  const standIn = await start({ limits: { off: true } });
  const cluster = source<ClusterSnapshot>({ namespaces: [] });
  const commits = source<readonly Commit[]>([]);
  const made: CommitKind[] = [];
  const page = await startPage({
    slack: standIn.slack,
    cluster: { snapshot: cluster.get, onChange: cluster.onChange },
    commits: {
      list: commits.get,
      onChange: commits.onChange,
      async commit(kind) {
        made.push(kind);
        const commit = {
          sha: 'c0ffee0'.padEnd(40, '0'),
          subject: `A ${kind} change`,
          author: 'Ada',
          branch: 'main',
          at: new Date().toISOString(),
        };
        commits.set([commit, ...commits.get()]);
      },
    },
    parts,
  });
  const close = async () => {
    await page.close();
    await standIn.close();
  };
  return { standIn, page, cluster, commits, made, close };
}
