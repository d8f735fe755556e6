import type { AuditEntry } from '../core/command/audit.ts';
import type { Reply } from '../core/command/command.ts';
import type { Freeze } from '../core/release/freeze.ts';
import { type Message, plainMessage } from './blocks.ts';
import { code, externalText, named, reasonText } from './escape.ts';
import { listMessage } from './fit.ts';
import { moment } from './format.ts';
import { channel, person, withIds } from './people.ts';

/** Who decided what, newest first. */
export function auditMessage({ entries, of }: Extract<Reply, { kind: 'audit' }>): Message {
  const about = of === undefined ? '' : ` about *${named(of, 100)}*`;
  if (entries.length === 0) return plainMessage(`No decisions${about} yet.`);
  return listMessage({
    head: `*Decisions*${about}, newest first`,
    items: entries.map((entry) => [entryLine(entry)]),
    more: (left) =>
      `… and ${left} more; \`/cox audit &lt;run&gt;\` lists those about one run, \`audit.jsonl\` in the data folder has all of them`,
  });
}

function entryLine({ at, by, channel: place, said, outcome, why }: AuditEntry): string {
  const how = outcome === 'open' ? 'no outcome recorded: still in progress, or coxswain was stopped in the meantime' : outcome;
  const end = why === undefined ? how : `${how}: ${reasonText(withIds(why), 300)}`;
  return `• ${moment(at)} · ${person(by)} in ${channel(place)}: ${code(said, 200)} · ${end}`;
}

/** The freezes on releases. */
export function frozenMessage({ freezes }: Extract<Reply, { kind: 'frozen' }>): Message {
  if (freezes.length === 0) return plainMessage('No releases are frozen.');
  const more = (left: number) => `… and ${left} more; \`/cox unfreeze &lt;repository&gt;\` lifts one`;
  return listMessage({ head: '*Releases are frozen*', items: freezes.map((freeze) => [freezeLine(freeze)]), more });
}

function freezeLine({ repository, reason, by, at }: Freeze): string {
  const what = repository === undefined ? '*all repositories*' : `*${named(repository, 100)}*`;
  return `• ${what} by ${person(by)} since ${moment(at)}: ${externalText(reason, 400)}`;
}
