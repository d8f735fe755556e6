import type { Ask, Command, Reply } from './command.ts';
import { UserError } from './errors.ts';
import { nearest } from './nearest.ts';
import type { Roles } from './roles.ts';
import { wordsOf } from './words.ts';

/** Where a text came from: everything of an ask but its words. */
export type Origin = Omit<Ask, 'words'>;

/**
 * The one door for what people say, whether typed, mentioned or pressed: finds the command, checks access and number of words, runs it.
 * What it gives throws UserError where the words do not fit or the person may not.
 */
export function dispatch(commands: readonly Command[], roles: Roles): (text: string, origin: Origin) => Promise<Reply> {
  return async (text, origin) => {
    const [word = 'help', ...words] = wordsOf(text);
    const command = commands.find(({ name }) => name === word.toLowerCase());
    if (!command) return unknown(word, commands);
    if (command.access === 'operator') await demandOperator(command, origin.user, roles);
    checkNumber(command, words);
    return command.run({ ...origin, words });
  };
}

function unknown(word: string, commands: readonly Command[]): Reply {
  const names = commands.map(({ name }) => name);
  const [suggestion] = nearest(word, names, 1);
  return { kind: 'unknown', word, ...(suggestion !== undefined && { suggestion }) };
}

async function demandOperator(command: Command, user: string, roles: Roles): Promise<void> {
  const { allowed, why } = await roles.operator(user);
  if (!allowed) throw new UserError(`\`${command.name}\` is for operators, and you are none: ${why}.`);
}

/** A usage says how many words a command takes: `<needed>` and `[may be left out]`. */
function checkNumber({ name, usage }: Command, words: readonly string[]): void {
  const wanted = usage.match(/<[^>]+>|\[[^\]]+\]/g) ?? [];
  const missing = wanted.find((one, index) => one.startsWith('<') && index >= words.length);
  if (missing) throw new UserError(`\`${name}\` needs ${missing}. Say \`${usage}\`.`);
  const extra = words[wanted.length];
  if (extra !== undefined)
    throw new UserError(`\`${name}\` has no use for \`${extra}\`. Say \`${usage}\`; a name with spaces goes in quotation marks.`);
}
