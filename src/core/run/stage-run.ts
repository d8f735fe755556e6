import type { KubernetesObject } from '../cluster.ts';
import type { Cause, ImageStatements, Progress } from '../logs.ts';

export type StageState =
  /** Its turn has not come. */
  | 'waiting'
  /** Its objects are rendered and saved, not all of them created. */
  | 'starting'
  /** Its Job is in the cluster. */
  | 'started'
  | 'passed'
  | 'failed'
  | 'cancelled'
  /** The run ended before it. */
  | 'skipped';

/** One step of a run, or an image of its release. */
export interface StageRun {
  readonly name: string;
  readonly kind: 'image' | 'test';
  readonly state: StageState;
  /** 2 and more: a person had it tried again. */
  readonly attempt?: number;
  /** The run whose result this stage takes over (after a retry). */
  readonly reusedFrom?: string;
  /** The objects of the stage, rendered once. */
  readonly objects?: readonly KubernetesObject[];
  readonly job?: string;
  /** The Job's uid, from the moment that it was seen in the cluster. */
  readonly jobUid?: string;
  /** What goes on at present, in words: "cloning", "waits for a node: …". */
  readonly phase?: string;
  /** Why it has not started, where that has stood long enough to be said. */
  readonly waitingFor?: string;
  readonly progress?: Progress;
  readonly cause?: Cause;
  /** What the builder said of its image, from the moment that the registry is asked for it. */
  readonly statements?: ImageStatements;
  readonly image?: BuiltImage;
  readonly logs?: readonly KeptLog[];
  readonly startedAt?: string;
  /** When its pod began on a node. */
  readonly podStartedAt?: string;
  readonly endedAt?: string;
  /** The first of the errors because of which its present step is repeated. */
  readonly failingSince?: string;
}

/** An image in the registry. Names carry no host: which address of the registry stands before them depends on who asks. */
export interface BuiltImage {
  readonly repository: string;
  readonly tag: string;
  /** `sha256:…`, asked of the registry after the push. */
  readonly digest: string;
  readonly bytes?: number;
}

/** A container's log as the bot keeps it. */
export interface KeptLog {
  readonly container: string;
  readonly pod: string;
  readonly lines: number;
  readonly done: boolean;
}

/** Under which name the logs of a stage are kept: each attempt has its own. */
export function logName(stage: Pick<StageRun, 'name' | 'attempt'>): string {
  return (stage.attempt ?? 1) > 1 ? `${stage.name}.${stage.attempt}` : stage.name;
}
