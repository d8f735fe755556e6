/** One decision as a user requested it. */
export interface DecisionRequest {
  /** ISO 8601, when the user acted. */
  readonly at: string;
  /** Slack user id. */
  readonly by: string;
  /** Slack channel id. */
  readonly channel: string;
  /** The text of the request, as one line. */
  readonly said: string;
  /** The run that it was about, if the first word names one. */
  readonly run?: string;
}

/** How a decision ended. */
export interface DecisionEnd {
  /** `asked`: the user was asked for more input, so nothing is decided yet. */
  readonly outcome: 'done' | 'refused' | 'failed' | 'asked';
  /** The refusal message; for a bulk operation, the counts. */
  readonly why?: string;
}

/** An entry in the append-only audit log. `open`: no outcome recorded, as it is in progress or the bot was stopped in the middle of it. */
export interface AuditEntry extends DecisionRequest {
  readonly outcome: 'done' | 'refused' | 'failed' | 'open';
  readonly why?: string;
}

/** Where decisions are recorded: before they are made and again when they end, so that a crash leaves none unrecorded. */
export interface Audit {
  /** Durable on disk before the promise resolves; the function that it resolves to records the outcome, once. */
  begin(decision: DecisionRequest): Promise<(end: DecisionEnd) => Promise<void>>;
}
