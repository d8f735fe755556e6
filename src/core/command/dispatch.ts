import { inDecision } from '../concurrency/expiring-cache.ts';
import { RequestLimiter, type RequestLimits, Shared } from '../concurrency/request-limiter.ts';
import { messageOf, UserError } from '../errors.ts';
import { demandMember, type MembershipCheck, NotAnswered } from '../people/membership.ts';
import { demandOperator, type Roles } from '../people/roles.ts';
import { isRunWord, type KnownRuns, runAt, runOf } from '../run/find-run.ts';
import { stageOf } from '../run/stages.ts';
import { nearest } from '../text/nearest.ts';
import { plainLine } from '../text/plain-line.ts';
import { quoted } from '../text/quoted.ts';
import type { Audit, DecisionEnd } from './audit.ts';
import type { Command, Invocation, Reply } from './command.ts';
import { plainWord, withoutAddress } from './plain-words.ts';
import { tokenize, type Word } from './tokenize.ts';

/** Where a text came from: everything in an invocation except its text. */
export interface InvocationOrigin extends Omit<Invocation, 'words' | 'typed'> {
  /** Workspaces that Slack's message gives as the user's own (T…, E…); any that it omits are looked up. */
  readonly teams?: readonly string[];
  /** Not the first delivery: the message was edited, or the bot was stopped while handling it. */
  readonly delivery?: 'changed' | 'interrupted';
}

/** What dispatching a command depends on. */
export interface DispatchDeps {
  readonly roles: Roles;
  /** Whether a user is answered at all. */
  readonly membership: MembershipCheck;
  /** How much work one user, and all users together, may cause; defaults if not given. */
  readonly limits?: RequestLimits;
  readonly audit?: Audit;
  /** In the thread of one of these runs, it need not be named. */
  readonly runs?: KnownRuns;
}

/** Maximum length of a request in characters, unless the command says otherwise. */
const longestInput = 4000;
/** Slack's maximum message length: https://docs.slack.dev/changelog/2018-04-truncating-really-long-messages */
const longestMessage = 40_000;

/**
 * The single entry point for user requests, typed, mentioned or pressed: identifies the user, finds the command, checks access, length
 * and word count, runs it. The returned function throws NotAnswered if the user is not answered, UserError on a usage or permission error.
 */
export function dispatch(commands: readonly Command[], door: DispatchDeps): (text: string, origin: InvocationOrigin) => Promise<Reply> {
  const { roles, membership, audit, runs } = door;
  const inTurn = turnsOf(door.limits);
  return async (input, origin) => {
    await demandMember(membership, origin.user, 'remembered', origin.teams);
    if (origin.delivery === 'changed') throw new NotAnswered(edits);
    const text = plainly(input);
    const { word, command, more } = commandIn(text, commands);
    if (!command) return unknown(word, commands);
    const typed = asMeant(command, more);
    const words = runs ? withRun(command, typed, origin, runs) : typed;
    const act = async () => {
      if (command.access === 'operator') await demandOperator(command.name, origin.user, roles);
      checkNumber(command, words);
      return command.run({ ...origin, words, typed: text });
    };
    const decide = async () => {
      await demandMember(membership, origin.user, 'fresh', origin.teams);
      if (origin.delivery === 'interrupted') throw new UserError(interrupted(command.name));
      return audit ? audited(audit, { said: [command.name, ...words], run: runIn(command, words, runs) }, origin, act) : act();
    };
    const isDecision = applies(command.audited, words);
    return inTurn(command, words, origin.user, () => (isDecision ? inDecision(decide) : act()));
  };
}

/** Queues work: queries must not delay a decision, so decisions have a queue of their own. Light commands are not queued. */
function turnsOf(limits?: RequestLimits) {
  const [questions, decisions] = [new RequestLimiter('questions', limits), new RequestLimiter('decisions', limits)];
  const shared = new Shared<Reply>();
  return (command: Command, words: readonly string[], user: string, work: () => Promise<Reply>): Promise<Reply> => {
    if (command.light) return work();
    if (applies(command.audited, words)) return decisions.take(user, work);
    if (!command.shared) return questions.take(user, work);
    const key = JSON.stringify([command.name, words]);
    return questions.take(user, () => shared.begin(key, work), shared.find(key));
  };
}

const edits = 'Edits have no effect: I read a message only once, as it was first sent. Please send a new one.';

/** Executing it could execute it twice. */
function interrupted(name: string): string {
  return `coxswain was stopped while handling this ${quoted(name)}, so it may or may not have been done. Check \`audit\` and \`runs\`; if it was not done, say it again.`;
}

function plainly(input: string): string {
  if (input.length > longestMessage) throw tooLong(input, longestInput);
  return withoutAddress(input);
}

/** The command that a text names; undefined if it names none. @throws UserError if the text is too long */
function commandIn(text: string, commands: readonly Command[]): { word: string; command?: Command; more: readonly Word[] } {
  const [first, ...more] = tokenize(text);
  const word = plainWord(first?.text ?? '') || 'help';
  const command = commands.find(({ name }) => name === word.toLowerCase());
  const longest = command?.longest ?? longestInput;
  if (text.length > longest) throw tooLong(text, longest, command);
  return { word, more, ...(command && { command }) };
}

function tooLong(text: string, longest: number, command?: Command): NotAnswered {
  const what = command ? `\`${command.name}\` takes` : 'A command takes';
  return new NotAnswered(`${what} at most ${longest} characters; this one had ${text.length}. Nothing was done; please shorten it.`);
}

/** The arguments that name something, without the formatting around them. Those that may be part of free text are left unchanged. */
function asMeant({ usage }: Command, words: readonly Word[]): string[] {
  const slots = slotsOf(usage);
  const isOpen = slots.at(-1)?.includes('…') === true;
  const named = isOpen ? slots.findIndex((slot) => slot.startsWith('[') || slot.includes('…')) : Number.POSITIVE_INFINITY;
  return words.map(({ text, isQuoted }, index) => (isQuoted || index >= named ? text : plainWord(text, slots[index] ?? slots.at(-1))));
}

/** The arguments with the thread's run prepended, if the command takes a run and none is named. */
function withRun({ usage }: Command, words: readonly string[], { channel, thread }: InvocationOrigin, runs: KnownRuns): readonly string[] {
  const [first = ''] = words;
  const isNeeded = /^\S+ <run\b/.test(usage) && !/^[-\u2013\u2014]/.test(first);
  const isOpen = /^\S+ \[[^\]]*\brun\]/.test(usage) && words.length === 0;
  // Here a bare number is a line count or the start of a reason, and `#7` most likely an issue.
  const isNumber = /^#?\d+$/.test(first);
  if (thread === undefined || !(isNeeded || isOpen) || (!isNumber && runOf(runs, first))) return words;
  const run = runAt(runs, { channel, ts: thread });
  // A word that looks like a run id was meant as one, even if no such run exists.
  const isNamed = !isNumber && isRunWord(first) && !(run && stageOf(run, first));
  return run && !isNamed ? [run.id, ...words] : words;
}

function applies(does: Command['audited'], words: readonly string[]): boolean {
  return typeof does === 'function' ? does(words) : does === true;
}

/** The id of the run being decided about, if it can be determined: the audit log is searched by it. Elsewhere a number may be free text. */
function runIn({ usage }: Command, [first = '']: readonly string[], runs: KnownRuns | undefined): string | undefined {
  const found = runs && /^\S+ <run\b/.test(usage) ? runOf(runs, first) : undefined;
  return found?.id ?? (/^[\w.-]+-\d+$/.test(first) ? first : undefined);
}

/** Records who decides what, then whether it was done, refused or failed. A decision that cannot be recorded is not made. */
async function audited(
  audit: Audit,
  { said: input, run }: { readonly said: readonly string[]; readonly run: string | undefined },
  origin: InvocationOrigin,
  act: () => Promise<Reply>,
): Promise<Reply> {
  const decision = {
    at: origin.at.toISOString(),
    by: origin.user,
    channel: origin.channel,
    said: plainLine(input.join(' '), 500),
    ...(run !== undefined && { run }),
  };
  const end = await audit.begin(decision).catch((error: unknown) => {
    throw new UserError(`Nothing was done: the audit log cannot be written (${messageOf(error)}). Tell whoever runs coxswain.`);
  });
  const reply = await act().catch(async (error: unknown) => {
    const outcome = error instanceof UserError ? 'refused' : 'failed';
    // The user is told about the refusal even if it cannot be recorded.
    await end({ outcome, why: messageOf(error) }).catch(() => undefined);
    throw error;
  });
  await end(endOf(reply)).catch((error: unknown) => {
    throw new UserError(`It was done, but that could not be written to the audit log (${messageOf(error)}). Tell whoever runs coxswain.`);
  });
  return reply;
}

function endOf(reply: Reply): DecisionEnd {
  if (reply.kind === 'cancelledAll') return { outcome: 'done', why: `${reply.cancelled} cancelled, ${reply.refused.length} not` };
  return { outcome: reply.kind === 'asks' ? 'asked' : 'done' };
}

function unknown(word: string, commands: readonly Command[]): Reply {
  const names = commands.map(({ name }) => name);
  const [suggestion] = nearest(word, names, 1);
  return { kind: 'unknown', word, ...(suggestion !== undefined && { suggestion }) };
}

/** A usage string gives the number of arguments: `<required>`, `[optional]`, and `…` at the end of one that takes all remaining words. */
function checkNumber({ name, usage }: Command, words: readonly string[]): void {
  const wanted = slotsOf(usage);
  const missing = wanted.filter((one) => one.startsWith('<'))[words.length];
  if (missing) throw new UserError(`\`${name}\` needs ${missing}. Usage: \`${usage}\`.`);
  const extra = wanted.at(-1)?.includes('…') ? undefined : words[wanted.length];
  if (extra !== undefined)
    throw new UserError(`\`${name}\` does not take ${quoted(extra)}. Usage: \`${usage}\`; put a name with spaces in quotation marks.`);
}

function slotsOf(usage: string): readonly string[] {
  return usage.match(/<[^<>]+>|\[[^[\]]+\]/g) ?? [];
}
