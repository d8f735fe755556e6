/** What a check of the surroundings found: the evidence, and what to do next where it is not well. */
export interface Finding {
  /** What was looked at, e.g. `Slack: bot token`. */
  readonly about: string;
  /** `warning`: the bot works, with less than it could. `unknown`: it cannot be told from here. */
  readonly state: 'ok' | 'warning' | 'failed' | 'unknown';
  /** What was seen, e.g. the answer of the other side. */
  readonly evidence: string;
  /** One thing to do. For every state but `ok`. */
  readonly next?: string;
}
