import type { AuditEntry } from '../src/core/command/audit.ts';
import type { Command } from '../src/core/command/command.ts';

export interface Audits {
  /** The newest entries, the newest first; of one run where it is given. */
  entries(run?: string, most?: number): Promise<readonly AuditEntry[]>;
}

const shown = 20;

export const audit = (audits: Audits): Command => ({
  name: 'audit',
  usage: 'audit [run]',
  summary: `List the ${shown} newest decisions, or those about one run: who, what, when, and the outcome.`,
  examples: ['audit', 'audit runner-142'],
  access: 'anyone',
  shared: true,
  async run({ words: [run] }) {
    return { kind: 'audit', entries: await audits.entries(run, shown), ...(run !== undefined && { of: run }) };
  },
});
