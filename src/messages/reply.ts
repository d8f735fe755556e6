import type { Reply } from '../core/command.ts';
import { limits, type Message, plainMessage } from './blocks.ts';
import { code, outside, paragraph } from './escape.ts';
import { helpMessage } from './help.ts';
import { type LogFile, logsMessage } from './logs.ts';
import { person } from './people.ts';
import { runSentence } from './run.ts';
import { runDetails, runsMessage } from './runs.ts';
import { statusMessage } from './status.ts';
import { versionMessage } from './version.ts';
import type { ViewOf } from './view.ts';

/** An answer to one person. `file`: what is too long for a message and belongs into a thread. */
export interface ReplyMessage extends Message {
  readonly file?: LogFile;
}

type Kinds = { [Kind in Reply['kind']]: Extract<Reply, { kind: Kind }> };

const wordings: { [Kind in Reply['kind']]: (reply: Kinds[Kind], viewOf: ViewOf) => ReplyMessage } = {
  text: ({ text }) => plainMessage(paragraph(text, limits.section)),
  started: ({ run, isNew }, viewOf) => plainMessage(`${isNew ? '' : 'That is there already: '}${runSentence(run, viewOf(run))}`),
  cancelled: ({ run }, viewOf) => plainMessage(runSentence(run, viewOf(run))),
  runs: runsMessage,
  run: ({ run }, viewOf) => runDetails(run, viewOf(run)),
  status: ({ repositories }) => statusMessage(repositories),
  logs: logsMessage,
  whoami: ({ user, operator, why }) =>
    plainMessage(`You are ${person(user)}, ${operator ? 'an operator' : 'no operator'}: ${outside(why, 600)}.`),
  version: ({ report }) => versionMessage(report),
  help: ({ commands }) => helpMessage(commands),
  unknown: ({ word, suggestion }) => {
    const meant = suggestion === undefined ? '' : ` Did you mean \`${suggestion}\`?`;
    return plainMessage(`I do not know ${code(word, 80)}.${meant} \`/cox help\` lists what I know.`);
  },
};

/** The answer to what a person said, worded. */
export function replyMessage(reply: Reply, viewOf: ViewOf): ReplyMessage {
  // Each kind has the wording of its own kind; the compiler cannot follow that through the table.
  const wording = wordings[reply.kind] as (reply: Reply, viewOf: ViewOf) => ReplyMessage;
  return wording(reply, viewOf);
}

/** What went wrong, in the words of a UserError. Inline code in it stays code. */
export function errorMessage(text: string): Message {
  return plainMessage(paragraph(text, limits.section));
}

/** The one sentence for everything that nobody was meant to see. */
export const calmSentence = 'Something broke on my side. It is in my log; trying again may help.';
