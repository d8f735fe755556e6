import type { SlashCommand } from '../slack/manifest.ts';
import type { Change, Channel, Ephemeral, Message, User, UserGroup, View, Warning } from '../slack/model.ts';

/** What the page shows of a container; `reason` and `message` say why it waits or ended. */
export interface ContainerView {
  readonly name: string;
  readonly state: 'waiting' | 'running' | 'terminated';
  readonly reason?: string;
  readonly exitCode?: number;
}

export interface PodView {
  readonly name: string;
  readonly phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';
  readonly reason?: string;
  readonly message?: string;
  /** Init containers first. */
  readonly containers: readonly ContainerView[];
}

export interface JobView {
  readonly name: string;
  readonly state: 'waiting' | 'running' | 'complete' | 'failed';
  readonly reason?: string;
  /** When it was created, ISO 8601. */
  readonly created: string;
}

export interface ClaimView {
  readonly name: string;
  readonly phase: string;
  readonly capacity?: string;
}

export interface NamespaceView {
  readonly name: string;
  readonly phase: 'Active' | 'Terminating';
  readonly jobs: readonly JobView[];
  readonly pods: readonly PodView[];
  readonly claims?: readonly ClaimView[];
}

/** What lies in the cluster now. */
export interface ClusterSnapshot {
  readonly namespaces: readonly NamespaceView[];
}

export interface Commit {
  readonly sha: string;
  readonly subject: string;
  readonly author: string;
  readonly branch: string;
  /** ISO 8601. */
  readonly at: string;
}

export type CommitKind = 'good' | 'failing-test' | 'failing-build';

/** A service that the bot talks to: the real one, or this sandbox's stand-in for it. */
export interface Part {
  readonly name: string;
  readonly real: boolean;
  readonly detail: string;
  /** Where a person sees what is in it: a page of its own. */
  readonly link?: { readonly label: string; readonly url: string };
}

/** Everything that the page shows, sent when it connects. */
export interface PageState {
  readonly appName: string;
  readonly botUser: string;
  readonly users: readonly User[];
  readonly groups: readonly UserGroup[];
  readonly channels: readonly Channel[];
  readonly commands: readonly SlashCommand[];
  /** Whether the manifest has a Home tab, and a tab for direct messages. */
  readonly homeTab: boolean;
  readonly messagesTab: boolean;
  readonly messages: readonly Message[];
  readonly ephemerals: readonly Ephemeral[];
  readonly warnings: readonly Warning[];
  readonly modals: { readonly [user: string]: readonly View[] };
  readonly homes: { readonly [user: string]: View };
  readonly connections: number;
  readonly cluster: ClusterSnapshot;
  readonly commits: readonly Commit[];
  readonly parts: readonly Part[];
}

/** What the page hears while it is connected. */
export type PageEvent =
  | { readonly kind: 'state'; readonly state: PageState }
  | { readonly kind: 'slack'; readonly change: Change }
  | { readonly kind: 'cluster'; readonly cluster: ClusterSnapshot }
  | { readonly kind: 'commits'; readonly commits: readonly Commit[] };
