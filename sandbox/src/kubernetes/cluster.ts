/** What every part of the stand-in shares: the objects, the settings, and who is told about Events. */
import type { KubeObject } from './model/objects.ts';
import type { Store } from './model/store.ts';

/** How an image is played by programs of this machine, with an empty root folder; the first that matches counts. */
export interface Program {
  /** Is tried on the image as the pod names it. */
  match: RegExp;
  entrypoint?: readonly string[];
  cmd?: readonly string[];
  env?: Readonly<Record<string, string>>;
}

/** Something that the asking account may not do; a field that is left out stands for all. */
export interface Denied {
  verb?: string;
  group?: string;
  resource?: string;
  namespace?: string;
}

/** Times in milliseconds; the defaults are those of a real cluster where nothing else is said. */
export interface Timing {
  /** The first wait after a failed pull; doubles up to five minutes. */
  imageBackOff: number;
  /** From ErrImagePull to ImagePullBackOff. */
  imageBackOffShown: number;
  /** The first wait before a crashed container is started again; doubles up to five minutes. */
  crashBackOff: number;
  /** Until a missing secret or claim of a pod is looked for again. */
  volumeRetry: number;
  /** The first wait before a Job makes a pod in place of a failed one; doubles up to ten minutes. */
  jobBackOff: number;
  /** Between two bookmarks of a watch (real: about a minute). */
  bookmark: number;
}

/** How the node gives its logs; may be changed at any time. */
export interface NodeLogs {
  /** Minutes by which the node's time zone is before UTC. */
  zone: number;
  /** What the kubelet says in place of following a log, as one that can open no more files does; it ends the answer. */
  says?: string | undefined;
}

export interface Settings {
  /** All scratch files lie under it. */
  folder: string;
  gpus: number;
  nodeName: string;
  /** The node's name of a registry → the http base URL of the registry; `*` stands for every other name. */
  registries: Readonly<Record<string, string>>;
  programs: readonly Program[];
  /** Set in every container's environment, before its own. */
  containerEnv: Readonly<Record<string, string>>;
  denied: readonly Denied[];
  timing: Timing;
  /** A container's log is cut from the front beyond this many bytes, as a kubelet rotates it. */
  logLimit: number;
  nodeLogs: NodeLogs;
}

export interface EventRecorder {
  /** Records an Event on `about`; the same one again within its life only counts up. */
  record(about: KubeObject, event: { type: 'Normal' | 'Warning'; reason: string; message: string; by: string; fieldPath?: string }): void;
}

export interface Cluster {
  readonly store: Store;
  readonly settings: Settings;
  readonly events: EventRecorder;
  readonly log: (line: string) => void;
}
