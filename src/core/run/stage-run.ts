import type { KubernetesObject } from '../cluster.ts';
import type { Cause, ImageStatements, Progress } from '../logs.ts';

export type StageState =
  /** Its turn has not come. */
  | 'waiting'
  /** Its objects are rendered and saved, but not all of them created. */
  | 'starting'
  /** Its Job is in the cluster. */
  | 'started'
  | 'passed'
  | 'failed'
  | 'cancelled'
  /** The run ended before it. */
  | 'skipped';

/** One stage of a run, or an image of its release. */
export interface StageRun {
  readonly name: string;
  readonly kind: 'image' | 'test';
  readonly state: StageState;
  /** 2 and more: a user retried it. */
  readonly attempt?: number;
  /** The run whose result this stage reuses (after a retry). */
  readonly reusedFrom?: string;
  /** The objects of the stage, rendered once. */
  readonly objects?: readonly KubernetesObject[];
  readonly job?: string;
  /** The Job's uid, once it has been seen in the cluster. */
  readonly jobUid?: string;
  /** What is currently happening, in words: "cloning", "waits for a node: …". */
  readonly phase?: string;
  /** Why it has not started, once that has lasted long enough to be worth showing. */
  readonly waitingFor?: string;
  readonly progress?: Progress;
  readonly cause?: Cause;
  /** What the builder reported about its image, from the time that the registry is queried for it. */
  readonly statements?: ImageStatements;
  readonly image?: BuiltImage;
  readonly logs?: readonly KeptLog[];
  readonly startedAt?: string;
  /** When its pod started on a node. */
  readonly podStartedAt?: string;
  readonly endedAt?: string;
  /** The first of the errors that keep its current step retrying. */
  readonly failingSince?: string;
  /** An image of the release: since when it is not known whether its tag is free, because of which it is not pushed. */
  readonly heldSince?: string;
  /** An image of the release, from its second attempt on: no earlier attempt came as far as its Job, so none has pushed it. */
  readonly untouched?: true;
}

/** An image in the registry. Names contain no host: which address of the registry precedes them depends on the client. */
export interface BuiltImage {
  readonly repository: string;
  readonly tag: string;
  /** `sha256:…`, queried from the registry after the push. */
  readonly digest: string;
  readonly bytes?: number;
  /** The registry lets nobody read: the digest is what the builder reported, of the manifest or of the configuration. */
  readonly unseen?: true;
}

/** A container's log as stored by the bot. */
export interface KeptLog {
  readonly container: string;
  readonly pod: string;
  readonly lines: number;
  readonly done: boolean;
}

/** The name under which a stage's logs are stored: each attempt has its own. */
export function logName(stage: Pick<StageRun, 'name' | 'attempt'>): string {
  return (stage.attempt ?? 1) > 1 ? `${stage.name}.${stage.attempt}` : stage.name;
}
