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

/** Where a text came from: everything of an ask but what was said. */
export interface InvocationOrigin extends Omit<Invocation, 'words' | 'typed'> {
  /** Workspaces that Slack's message names as the person's own (T…, E…); what it does not name is asked for. */
  readonly teams?: readonly string[];
  /** It is not heard for the first time: the message was edited, or the bot was stopped while it heard it. */
  readonly delivery?: 'changed' | 'interrupted';
}

/** What stands at the door. */
export interface DispatchDeps {
  readonly roles: Roles;
  /** Whether somebody is answered at all. */
  readonly membership: MembershipCheck;
  /** How much work one person, and all together, may cause; the usual limits where not given. */
  readonly limits?: RequestLimits;
  readonly audit?: Audit;
  /** In the thread of one of them, it need not be named. */
  readonly runs?: KnownRuns;
}

/** Most characters that can be said at once, where the command does not say otherwise. */
const longestSaid = 4000;
/** Slack takes no longer message: https://docs.slack.dev/changelog/2018-04-truncating-really-long-messages */
const longestMessage = 40_000;

/**
 * The one door for what people say, whether typed, mentioned or pressed: sees who it is, finds the command, checks access, length and number of
 * words, runs it. What it gives throws NotAnswered for who is not answered, UserError where the words do not fit or the person may not.
 */
export function dispatch(commands: readonly Command[], door: DispatchDeps): (text: string, origin: InvocationOrigin) => Promise<Reply> {
  const { roles, membership, audit, runs } = door;
  const inTurn = turnsOf(door.limits);
  return async (said, origin) => {
    await demandMember(membership, origin.user, 'remembered', origin.teams);
    if (origin.delivery === 'changed') throw new NotAnswered(edits);
    const text = plainly(said);
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

/** Work in its turn: many questions must not hold up a decision, so that these have turns of their own. What is light needs none. */
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

/** Doing it might be doing it twice. */
function interrupted(name: string): string {
  return `coxswain was stopped while handling this ${quoted(name)}, so it may or may not have been done. Check \`audit\` and \`runs\`; if it was not done, say it again.`;
}

function plainly(said: string): string {
  if (said.length > longestMessage) throw tooLong(said, longestSaid);
  return withoutAddress(said);
}

/** The command that a text names; undefined where it names none. @throws UserError where the text is longer than may be said */
function commandIn(text: string, commands: readonly Command[]): { word: string; command?: Command; more: readonly Word[] } {
  const [first, ...more] = tokenize(text);
  const word = plainWord(first?.text ?? '') || 'help';
  const command = commands.find(({ name }) => name === word.toLowerCase());
  const longest = command?.longest ?? longestSaid;
  if (text.length > longest) throw tooLong(text, longest, command);
  return { word, more, ...(command && { command }) };
}

function tooLong(text: string, longest: number, command?: Command): NotAnswered {
  const what = command ? `\`${command.name}\` takes` : 'A command takes';
  return new NotAnswered(`${what} at most ${longest} characters; this one had ${text.length}. Nothing was done; please shorten it.`);
}

/** The words that name something, without the marks around them. Those that may be part of a text in the person's own words are left. */
function asMeant({ usage }: Command, words: readonly Word[]): string[] {
  const slots = slotsOf(usage);
  const isOpen = slots.at(-1)?.includes('…') === true;
  const named = isOpen ? slots.findIndex((slot) => slot.startsWith('[') || slot.includes('…')) : Number.POSITIVE_INFINITY;
  return words.map(({ text, isQuoted }, index) => (isQuoted || index >= named ? text : plainWord(text, slots[index] ?? slots.at(-1))));
}

/** The words with the run of the thread before them, where one may be named and none is. */
function withRun({ usage }: Command, words: readonly string[], { channel, thread }: InvocationOrigin, runs: KnownRuns): readonly string[] {
  const [first = ''] = words;
  const isNeeded = /^\S+ <run\b/.test(usage) && !/^[-\u2013\u2014]/.test(first);
  const isOpen = /^\S+ \[[^\]]*\brun\]/.test(usage) && words.length === 0;
  // There a number alone is one of lines, or the beginning of a reason, and `#7` most likely an issue.
  const isNumber = /^#?\d+$/.test(first);
  if (thread === undefined || !(isNeeded || isOpen) || (!isNumber && runOf(runs, first))) return words;
  const run = runAt(runs, { channel, ts: thread });
  // What looks like a run is one that was meant, also where there is none.
  const isNamed = !isNumber && isRunWord(first) && !(run && stageOf(run, first));
  return run && !isNamed ? [run.id, ...words] : words;
}

function applies(does: Command['audited'], words: readonly string[]): boolean {
  return typeof does === 'function' ? does(words) : does === true;
}

/** The id of the run that is decided about, as far as it can be told: the audit is searched by it. Elsewhere a number may be the first word of a reason. */
function runIn({ usage }: Command, [first = '']: readonly string[], runs: KnownRuns | undefined): string | undefined {
  const found = runs && /^\S+ <run\b/.test(usage) ? runOf(runs, first) : undefined;
  return found?.id ?? (/^[\w.-]+-\d+$/.test(first) ? first : undefined);
}

/** Writes down who decides what, then whether it was done, refused, or went wrong. What cannot be written down is not decided. */
async function audited(
  audit: Audit,
  { said, run }: { readonly said: readonly string[]; readonly run: string | undefined },
  origin: InvocationOrigin,
  act: () => Promise<Reply>,
): Promise<Reply> {
  const decision = {
    at: origin.at.toISOString(),
    by: origin.user,
    channel: origin.channel,
    said: plainLine(said.join(' '), 500),
    ...(run !== undefined && { run }),
  };
  const end = await audit.begin(decision).catch((error: unknown) => {
    throw new UserError(`Nothing was done: the audit log cannot be written (${messageOf(error)}). Tell whoever runs coxswain.`);
  });
  const reply = await act().catch(async (error: unknown) => {
    const outcome = error instanceof UserError ? 'refused' : 'failed';
    // Whoever was refused is told so, also where that cannot be written down.
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

/** A usage says how many words a command takes: `<needed>`, `[may be left out]`, and `…` at the end of one that takes all that follow. */
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
