import type { AuditEntry } from '../src/core/command/audit.ts';
import type { Command } from '../src/core/command/command.ts';
import { findRun, type KnownRuns, runOf } from '../src/core/run/find-run.ts';
import { idParts } from '../src/core/run/run-id.ts';

export interface Audits {
  /** The newest entries, newest first; only those of `run` if given. */
  entries(run?: string, most?: number): Promise<readonly AuditEntry[]>;
}

const shown = 20;

export const audit = (runs: KnownRuns, audits: Audits): Command => ({
  name: 'audit',
  usage: 'audit [run]',
  summary: `List the ${shown} newest decisions, or those about one run: who, what, when, and the outcome.`,
  examples: ['audit', 'audit runner-142'],
  access: 'anyone',
  shared: true,
  async run({ words: [word] }) {
    const run = word === undefined ? undefined : about(runs, word);
    return { kind: 'audit', entries: await audits.entries(run, shown), ...(run !== undefined && { of: run }) };
  },
});

/** The audit log also contains deleted runs, by id. */
function about(runs: KnownRuns, word: string): string {
  return runOf(runs, word)?.id ?? (idParts(word) ? word.toLowerCase() : findRun(runs, word).id);
}
