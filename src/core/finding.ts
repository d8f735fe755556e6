/** What a check of the environment found: the evidence, and what to do next if something is wrong. */
export interface Finding {
  /** What was checked, e.g. `Slack: bot token`. */
  readonly about: string;
  /** `warning`: the bot works, with reduced functionality. `unknown`: it cannot be determined from here. */
  readonly state: 'ok' | 'warning' | 'failed' | 'unknown';
  /** What was observed, e.g. the other side's response. */
  readonly evidence: string;
  /** One thing to do. For every state except `ok`. */
  readonly next?: string;
}
