import type { Command } from '../src/core/command/command.ts';
import { shownIn } from '../src/core/command/shown.ts';
import { lastWords } from '../src/core/command/tokenize.ts';
import { findRun, type KnownRuns } from '../src/core/run/find-run.ts';
import type { Run } from '../src/core/run/run.ts';
import type { Decision } from './approve.ts';
import { saysAgain, type VoteChecks } from './reject.ts';

export interface EditsNotes extends VoteChecks {
  editNotes(decision: Decision, text: string): Promise<Run>;
  /** The current notes: as edited, or as they would be generated now. */
  notes(id: string): Promise<string>;
}

/** Notes may be long; a Slack message can hold twice as much. */
const longestNotes = 20_000;

export const notes = (runs: KnownRuns, decisions: EditsNotes): Command => ({
  name: 'notes',
  usage: 'notes <run> [commit] [tag] [text…]',
  summary: 'Replace the notes of a release before it is approved; without text, show them.',
  examples: ['notes runner-142', 'notes runner-142 "Reads the queue in batches."'],
  access: 'anyone',
  longest: longestNotes,
  who: 'approvers',
  audited: true,
  async run({ words: [word = '', ...more], typed, user, at }) {
    const found = findRun(runs, word);
    const { shown, rest } = shownIn(found, more);
    const decision = { id: found.id, by: user, at, ...(shown && { shown }) };
    const text = lastWords(typed, rest.length).trim();
    if (text === '') {
      const run = await decisions.check(decision);
      return { kind: 'asks', what: 'notes', run, says: saysAgain('notes', run), text: await decisions.notes(found.id) };
    }
    const run = await decisions.editNotes(decision, text);
    return { kind: 'text', text: `The notes of ${run.release?.tag ?? ''} (${run.id}) have been replaced.` };
  },
});
