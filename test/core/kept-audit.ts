import type { Audit, AuditEntry } from '../../src/core/command/audit.ts';

/** An audit in memory: what was decided, in the order of its end; who was asked for more has not decided. */
export function keptAudit(): { audit: Audit; entries: AuditEntry[] } {
  const entries: AuditEntry[] = [];
  const audit: Audit = {
    begin: async (decision) => async (end) => {
      const { outcome } = end;
      if (outcome !== 'asked') entries.push({ ...decision, ...end, outcome });
    },
  };
  return { audit, entries };
}
