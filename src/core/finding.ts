/** What a check of the surroundings found. */
export interface Finding {
  /** Whether the bot works with it. What could be better is told by `next`. */
  readonly ok: boolean;
  /** What was looked at, e.g. `Slack: bot token`. */
  readonly what: string;
  /** What was seen, e.g. the answer of the other side. */
  readonly evidence: string;
  /** One thing to do. */
  readonly next?: string;
}
