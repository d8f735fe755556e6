import type { Reply } from '../core/command/command.ts';
import type { Run } from '../core/run/run.ts';
import { auditMessage, frozenMessage } from './audit.ts';
import { limits, type Message, paragraphs, plainMessage, section, textOf } from './blocks.ts';
import { code, externalText, named, paragraph, reasonText } from './escape.ts';
import { fence } from './fence.ts';
import { count, moment, withMoment } from './format.ts';
import { helpMessage } from './help.ts';
import { type LogFile, logsMessage } from './logs.ts';
import { person, withPeople } from './people.ts';
import { runSentence } from './run.ts';
import { runDetails, runsMessage } from './runs.ts';
import { statusMessage } from './status.ts';
import { versionMessage } from './version.ts';
import type { ViewOf } from './view.ts';

/** A reply to one user. `file`: text too long for a message, to be attached in a thread. */
export interface ReplyMessage extends Message {
  readonly file?: LogFile;
}

type Kinds = { [Kind in Reply['kind']]: Extract<Reply, { kind: Kind }> };

const wordings: { [Kind in Reply['kind']]: (reply: Kinds[Kind], viewOf: ViewOf) => ReplyMessage } = {
  text: ({ text }) => plainMessage(paragraph(text, limits.section)),
  started: ({ run, isNew }, viewOf) => plainMessage(`${isNew ? '' : 'This run already exists: '}${runSentence(run, viewOf(run))}`),
  cancelled: ({ run }, viewOf) => plainMessage(runSentence(run, viewOf(run))),
  cancelledAll: cancelledAllMessage,
  runs: runsMessage,
  run: ({ run }, viewOf) => runDetails(run, viewOf(run)),
  status: ({ repositories }) => statusMessage(repositories),
  logs: logsMessage,
  whoami: ({ user, operator, why, approver }) => {
    const role = (name: string, has: boolean, because: string) =>
      `${name}: ${has ? 'yes' : 'no'}, ${withPeople(externalText(because, 900))}.`;
    const approves = approver ? ` ${role('Approver', approver.allowed, approver.why)}` : '';
    return plainMessage(`You are ${person(user)}. ${role('Operator', operator, why)}${approves}`);
  },
  version: ({ report }) => versionMessage(report),
  voted: ({ run, complete, missing, frozen }) => {
    const what = releaseOf(run);
    const rest = complete ? `${what} is approved.` : `${count(missing, 'more vote')} needed for ${what}.`;
    const held = frozen ? ` Releases are frozen by ${person(frozen.by)}: ${externalText(frozen.reason, 400)}` : '';
    return plainMessage(`Vote counted: ${rest}${held}`);
  },
  rejected: ({ run }, viewOf) => plainMessage(runSentence(run, viewOf(run))),
  asks: asksMessage,
  frozen: frozenMessage,
  audit: auditMessage,
  help: ({ commands }) => helpMessage(commands),
  unknown: ({ word, suggestion }) => {
    const meant = suggestion === undefined ? '' : ` Did you mean \`${suggestion}\`?`;
    return plainMessage(`I do not know ${code(word, 80)}.${meant} \`/cox help\` lists what I know.`);
  },
};

/** `*v0.14.3* (runner-142)` */
function releaseOf({ id, release }: Run): string {
  return `*${named(release?.tag ?? '', 150)}* (${named(id, 100)})`;
}

const mostRefused = 10;

function cancelledAllMessage({ repository, branches, cancelled, refused }: Kinds['cancelledAll']): ReplyMessage {
  const of = `${named(repository, 100)}${branches === undefined ? '' : ` (${code(branches, 100)})`}`;
  const shown = refused.slice(0, mostRefused).map(({ id, why }) => `• *${named(id, 100)}*: ${reasonText(why, 200)}`);
  const more = refused.length > shown.length ? [`… and ${refused.length - shown.length} more`] : [];
  const lines = [
    `${count(cancelled, 'run')} of ${of} cancelled.`,
    ...(refused.length > 0 ? [`${count(refused.length, 'run')} could not be:`, ...shown, ...more] : []),
  ];
  return { text: textOf(lines), blocks: paragraphs(lines) };
}

/** For a user who types: the current value, and how to send the rest. */
function asksMessage({ what, run, text }: Kinds['asks']): ReplyMessage {
  const tag = releaseOf(run);
  if (what === 'reason') return plainMessage(`Why should ${tag} not be released? Say ${code(`reject ${run.id} <reason>`, 200)}`);
  const says = `${code(`notes ${run.id} <text>`, 200)} replaces them.`;
  const notes = fence(text.split('\n'), limits.section);
  if (notes === '') return plainMessage(`The notes of ${tag} will be generated when it is released; ${says}`);
  const editor = run.release?.notesBy;
  const made = editor === undefined ? 'not edited yet' : `last edited by ${person(editor)}`;
  return { text: `The notes of ${tag}`, blocks: [section(`The notes of ${tag}, ${made}; ${says}`), section(notes)] };
}

/** The rendered reply to a user's request. */
export function replyMessage(reply: Reply, viewOf: ViewOf): ReplyMessage {
  // Each kind has the renderer for its own kind; the compiler cannot follow that through the table.
  const wording = wordings[reply.kind] as (reply: Reply, viewOf: ViewOf) => ReplyMessage;
  return wording(reply, viewOf);
}

/** An error, in the words of a UserError. Inline code in it stays code. */
export function errorMessage(text: string): Message {
  return plainMessage(withMoment(withPeople(paragraph(text, limits.section)), moment));
}

/** The one sentence for every unexpected internal error. */
export const calmSentence = 'Something went wrong on my side; the details are in my log. Trying again may help.';
