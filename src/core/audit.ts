/** One decision, taken or refused: an entry of the append-only audit. */
export interface AuditEntry {
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
  readonly outcome: 'done' | 'refused' | 'failed';
  /** The sentence of a refusal. */
  readonly why?: string;
}

/** Where decisions are written down; an entry is safe on the disk before the promise resolves. */
export interface Audit {
  append(entry: AuditEntry): Promise<void>;
}
