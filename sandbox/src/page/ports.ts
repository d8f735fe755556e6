import type { ClusterSnapshot, Commit, CommitKind } from './types.ts';

/** What lies in the cluster, and news of it. */
export interface ClusterSource {
  snapshot(): ClusterSnapshot;
  onChange(listener: () => void): () => void;
}

/** The sample repository: its commits, the newest first, and making another. */
export interface CommitSource {
  list(): readonly Commit[];
  onChange(listener: () => void): () => void;
  commit(kind: CommitKind): Promise<void>;
}
