import type { ReleaseRun } from './release-run.ts';
import type { StageRun } from './stage-run.ts';

/** The states of a run and the transitions allowed from each. A run only moves forward; a retry creates a new run. */
export const nextStates = {
  queued: ['running', 'failed', 'superseded', 'cancelled'],
  running: ['passed', 'failed', 'cancelled'],
  passed: ['approved', 'rejected', 'expired', 'superseded', 'cancelled'],
  approved: ['releasing', 'cancelled'],
  // Can be cancelled only while nothing of it is published: `cancelRefusal`.
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
  /** Human-readable id: the repository's short name and a number that is never reused, `runner-142`. */
  readonly id: string;
  /** Random; 20 lower-case hexadecimal digits. Proves in the cluster and in Slack that something belongs to this run. */
  readonly uid: string;
  /** Deduplication key from the same change: repository, branch, commit and cause. */
  readonly key: string;
  readonly repository: string;
  readonly branch: string;
  readonly commit: Commit;
  /** The commit is the bot's own and follows commits of others that had no run: this run covers those, too. */
  readonly coversEarlierCommits?: true;
  readonly cause: RunCause;
  /** The version in the commit; absent if none is configured or it could not be read. */
  readonly version?: string;
  /** Why it could not be read. */
  readonly versionProblem?: string;
  /** A tag that points at the commit, if versions come from tags. */
  readonly tag?: string;
  /** The run that this one retries. */
  readonly retryOf?: string;
  readonly state: RunState;
  /** One sentence on why it ended, for every end state except `passed`. */
  readonly reason?: string;
  /** While it is queued: the run that must end or begin first. */
  readonly queuedBehind?: string;
  readonly supersededBy?: string;
  readonly cancelledBy?: string;
  /** In order; the images of its release are not among them. */
  readonly stages: readonly StageRun[];
  /** What would be or is released; absent if no release stage is configured. */
  readonly release?: ReleaseRun;
  /** Why it offers no release, as the end of a sentence, although its repository has a release stage. Then `release` is absent. */
  readonly notReleased?: string;
  readonly namespace: string;
  /** Something external that blocks the run, in words ("the cluster does not answer"). Removed when it is resolved. */
  readonly blockedReason?: string;
  /** What external services refused permanently, each as a sentence, by subject: `status`, `cleanup`, the key of a thread post. */
  readonly refusals?: Readonly<Record<string, string>>;
  readonly createdAt: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  /** Counts user-visible changes; changes of `delivery` do not count. */
  readonly revision: number;
  readonly delivery: Delivery;
}

/** What a run records about the version of its commit. */
export type RunVersion = Pick<Run, 'version' | 'versionProblem' | 'tag'>;

export interface Commit {
  /** 40 (SHA-1) or 64 (SHA-256) hexadecimal digits. */
  readonly sha: string;
  readonly subject?: string;
  readonly author?: { readonly name: string; readonly email: string };
  readonly date?: string;
  readonly url?: string;
  /** Why only its id is known, in sentences. */
  readonly problem?: string;
}

export type RunCause =
  | { readonly kind: 'commit' }
  /** `by`: Slack user id; `key`: id of the request, so that a redelivery of it counts as the same request. */
  | { readonly kind: 'command' | 'retry'; readonly by: string; readonly key: string };

/** What was done to announce the run and to clean up after it. */
export interface Delivery {
  /** Channel as configured. */
  readonly channel: string;
  /** The run's message. `intended`: saved before the post; a timestamp follows. */
  readonly message?:
    | { readonly state: 'intended' }
    | { readonly state: 'posted'; readonly channel: string; readonly ts: string; readonly revision: number };
  /** Slack permanently refused the run's message while the run was in this state; it is retried in the next one. */
  readonly refused?: RefusedMessage;
  readonly thread: readonly ThreadPost[];
  /** It was cancelled in bulk before it had a message, and gets none. */
  readonly unannounced?: true;
  /** The last state reported to GitHub, or permanently refused by it. */
  readonly commitStatus?: string;
  readonly cleaned: boolean;
}

export interface RefusedMessage {
  readonly state: RunState;
  readonly why: string;
  /** Not the message but its channel was refused: it is retried when that channel accepts another message. */
  readonly isOfChannel: boolean;
}

export interface ThreadPost {
  /** Unique in the run: `request`, `cause-image`, `log-image`. */
  readonly key: string;
  readonly kind: 'request' | 'cause' | 'log';
  /** For a post about the release rather than one of its images: the part's name. */
  readonly stage: string;
  /** `refused`: by Slack, permanently. */
  readonly state: 'pending' | 'intended' | 'posted' | 'refused';
}

/** Whether the run itself will not change any more. `passed` is the end if no release stage follows. */
export function isOver(run: Run): boolean {
  return (run.state === 'passed' && !run.release) || nextStates[run.state].length === 0;
}

export function isBusy(run: Run): boolean {
  return run.state === 'queued' || run.state === 'running';
}

/**
 * The run after a state transition.
 * @throws Error if the state table does not allow it.
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

/** A passed run at its end: its release is not offered (any more). */
export function passedOver(run: Run, why: string, now: Date): Run {
  const { release: _none, ...rest } = run;
  return { ...rest, notReleased: why, endedAt: now.toISOString() };
}

/** A stage in progress is cancelled, or failed, with its run; one that never began is skipped. */
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
