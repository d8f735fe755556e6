import type { ReleaseRun } from './release-run.ts';
import type { StageRun } from './stage-run.ts';

/** The states of a run and where each may go. A run moves forward only; retry makes a new run. */
export const nextStates = {
  queued: ['running', 'failed', 'superseded', 'cancelled'],
  running: ['passed', 'failed', 'cancelled'],
  passed: ['approved', 'rejected', 'expired', 'superseded', 'cancelled'],
  approved: ['releasing', 'cancelled'],
  // Cancelled only while nothing of it is published: `cancelRefusal`.
  releasing: ['released', 'failed', 'cancelled'],
  failed: [],
  superseded: [],
  cancelled: [],
  rejected: [],
  expired: [],
  released: [],
} as const satisfies Record<string, readonly string[]>;

export type RunState = keyof typeof nextStates;

/** One change on its way through the stages of its repository. Times are ISO 8601. */
export interface Run {
  /** Spoken id: the repository's short name and a number never used again, `runner-142`. */
  readonly id: string;
  /** Random; 20 lower-case hexadecimal digits. Proves in the cluster and in chat that a thing belongs to this run. */
  readonly uid: string;
  /** Same change, same key: repository, branch, commit and cause. */
  readonly key: string;
  readonly repository: string;
  readonly branch: string;
  readonly commit: Commit;
  /** The commit is the bot's own, and below it are commits of others that had no run: this one is theirs, too. */
  readonly coversEarlierCommits?: true;
  readonly cause: RunCause;
  /** The version that the commit holds; absent where none is configured or it could not be read. */
  readonly version?: string;
  /** Why it could not be read. */
  readonly versionProblem?: string;
  /** A tag that points at the commit, where tags say the version. */
  readonly tag?: string;
  /** The run of which this is a retry. */
  readonly retryOf?: string;
  readonly state: RunState;
  /** One sentence of why it ended, for every end that is not `passed`. */
  readonly reason?: string;
  /** While it is queued: the run that must end or begin before it. */
  readonly queuedBehind?: string;
  readonly supersededBy?: string;
  readonly cancelledBy?: string;
  /** In their order; the images of its release are not among them. */
  readonly stages: readonly StageRun[];
  /** What would be or is released; absent where no release stage is configured. */
  readonly release?: ReleaseRun;
  /** Why no release of it is offered, as the end of a sentence, though its repository has a release stage. Then there is no `release`. */
  readonly notReleased?: string;
  readonly namespace: string;
  /** Something outside that holds the run up, in words ("the cluster does not answer"). Gone when it is over. */
  readonly blockedReason?: string;
  /** What outside services have refused for good, each as a sentence, by what it was: `status`, `cleanup`, the key of a thread post. */
  readonly refusals?: Readonly<Record<string, string>>;
  readonly createdAt: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  /** Counts the changes of what people see; `delivery` does not count. */
  readonly revision: number;
  readonly delivery: Delivery;
}

/** What a run knows of the version of its commit. */
export type RunVersion = Pick<Run, 'version' | 'versionProblem' | 'tag'>;

export interface Commit {
  /** 40 (SHA-1) or 64 (SHA-256) hexadecimal digits. */
  readonly sha: string;
  readonly subject?: string;
  readonly author?: { readonly name: string; readonly email: string };
  readonly date?: string;
  readonly url?: string;
}

export type RunCause =
  | { readonly kind: 'commit' }
  /** `by`: Slack user id; `key`: id of the request, so that a repeated delivery of it is the same request. */
  | { readonly kind: 'command' | 'retry'; readonly by: string; readonly key: string };

/** What was done to show the run and to clean up after it. */
export interface Delivery {
  /** Channel as configured. */
  readonly channel: string;
  /** The run's message. `intended`: saved before the post; a timestamp follows. */
  readonly message?:
    | { readonly state: 'intended' }
    | { readonly state: 'posted'; readonly channel: string; readonly ts: string; readonly revision: number };
  /** Slack has refused the run's message for good while the run was in this state; it is tried again in the next one. */
  readonly refused?: RefusedMessage;
  readonly thread: readonly ThreadPost[];
  /** It was cancelled with many others before it had a message, and gets none. */
  readonly unannounced?: true;
  /** The last state told to GitHub, or refused by it for good. */
  readonly commitStatus?: string;
  readonly cleaned: boolean;
}

export interface RefusedMessage {
  readonly state: RunState;
  readonly why: string;
  /** Not the message but its channel was refused: it is tried again when that takes another one. */
  readonly isOfChannel: boolean;
}

export interface ThreadPost {
  /** Unique in the run: `request`, `cause-image`, `log-image`. */
  readonly key: string;
  readonly kind: 'request' | 'cause' | 'log';
  /** For what is of the release and of none of its images: the part's name. */
  readonly stage: string;
  /** `refused`: by Slack, for good. */
  readonly state: 'pending' | 'intended' | 'posted' | 'refused';
}

/** Whether nothing more will happen in the run itself. `passed` is the end where no release stage follows. */
export function isOver(run: Run): boolean {
  return (run.state === 'passed' && !run.release) || nextStates[run.state].length === 0;
}

export function isBusy(run: Run): boolean {
  return run.state === 'queued' || run.state === 'running';
}

/**
 * The run in its next state.
 * @throws Error where the table does not allow it.
 */
export function moved(run: Run, to: RunState, detail: Partial<Run>, now: Date): Run {
  const allowed: readonly string[] = nextStates[run.state];
  if (isOver(run) || !allowed.includes(to)) throw new Error(`${run.id} cannot become ${to}: it is ${run.state}`);
  const { queuedBehind: _past, ...before } = run;
  const next = { ...before, ...detail, state: to };
  if (!isOver(next)) return next;
  const { blockedReason: _over, ...rest } = next;
  const atEnd = (stages: readonly StageRun[]) => stages.map((stage) => ended(stage, to, now));
  const release = rest.release?.images ? { release: { ...rest.release, images: atEnd(rest.release.images) } } : {};
  return { ...rest, ...release, endedAt: now.toISOString(), stages: atEnd(rest.stages) };
}

/** A run that has passed, at its end: its release is not offered (any more). */
export function passedOver(run: Run, why: string, now: Date): Run {
  const { release: _none, ...rest } = run;
  return { ...rest, notReleased: why, endedAt: now.toISOString() };
}

/** A stage that was under way is cancelled with its run; one that never began is skipped. */
function ended(stage: StageRun, to: RunState, now: Date): StageRun {
  if (stage.state === 'waiting') return { ...stage, state: 'skipped' };
  if (stage.state === 'starting' || stage.state === 'started') {
    return { ...stage, state: to === 'failed' ? 'failed' : 'cancelled', endedAt: now.toISOString() };
  }
  return stage;
}

export function shortSha(commit: Commit): string {
  return commit.sha.slice(0, 7);
}
