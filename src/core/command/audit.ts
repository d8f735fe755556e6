/** One decision as a person has asked for it. */
export interface DecisionRequest {
  /** ISO 8601, when the person acted. */
  readonly at: string;
  /** Slack user id. */
  readonly by: string;
  /** Slack channel id. */
  readonly channel: string;
  /** What was said, as one line. */
  readonly said: string;
  /** The run that it was about, where the first word names one. */
  readonly run?: string;
}

/** How a decision has ended. */
export interface DecisionEnd {
  /** `asked`: the person was asked for more, so nothing is decided yet. */
  readonly outcome: 'done' | 'refused' | 'failed' | 'asked';
  /** The sentence of a refusal; of many things done at once, how many. */
  readonly why?: string;
}

/** A decision in the append-only audit. `open`: its end is not written, because it is under way or the bot was stopped in the middle of it. */
export interface AuditEntry extends DecisionRequest {
  readonly outcome: 'done' | 'refused' | 'failed' | 'open';
  readonly why?: string;
}

/** Where decisions are written down: before they are taken and again when they have ended, so that no crash leaves one unwritten. */
export interface Audit {
  /** Safe on the disk before the promise resolves; what that gives writes the end, once. */
  begin(decision: DecisionRequest): Promise<(end: DecisionEnd) => Promise<void>>;
}
