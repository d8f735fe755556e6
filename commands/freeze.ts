import type { Command, RepositoryStatus } from '../src/core/command.ts';
import { sentences, UserError } from '../src/core/errors.ts';
import type { Freeze } from '../src/core/freeze.ts';
import { plainLine } from '../src/core/plain-line.ts';
import type { Roles } from '../src/core/roles.ts';

export interface Freezes {
  list(): readonly Freeze[];
  /** In place of an older freeze of the same repository. */
  freeze(freeze: Freeze): Promise<void>;
  /** Ends the freeze of a repository or, without one, that of all. */
  unfreeze(repository?: string): Promise<void>;
}

export interface Repositories {
  repositories(): readonly RepositoryStatus[];
}

export const freeze = (known: Repositories, freezes: Freezes, roles: Roles): Command => ({
  name: 'freeze',
  usage: 'freeze [repository] <reason…>',
  summary: 'Hold every release of a repository, or of all, until `unfreeze`.',
  examples: ['freeze studio-go-runner the fair is on', 'freeze an incident'],
  access: 'anyone',
  who: 'operators, approvers',
  decides: true,
  async run({ words, user, at }) {
    await demandRole('freeze', user, roles);
    const [first = ''] = words;
    const repository = nameOf(known, first);
    const reason = plainLine((repository === undefined ? words : words.slice(1)).join(' '));
    if (reason === '') throw new UserError('`freeze` needs a reason, which everyone sees who waits: `freeze [repository] <reason>`.');
    await freezes.freeze({ reason, by: user, at: at.toISOString(), ...(repository !== undefined && { repository }) });
    return { kind: 'frozen', freezes: freezes.list() };
  },
});

/** The whole name of a repository that a word names by it or by the first part of its run ids. */
export function nameOf(known: Repositories, word: string): string | undefined {
  return known.repositories().find(({ name, short }) => name === word || short === word)?.name;
}

/** @throws UserError where the person is neither an operator nor an approver */
export async function demandRole(command: string, user: string, roles: Roles): Promise<void> {
  const operator = await roles.operator(user);
  if (operator.allowed) return;
  const approver = await roles.approver(user, []);
  if (approver.allowed) return;
  const refusal = `\`${command}\` is for operators and approvers, and you are neither: ${operator.why}; ${approver.why}.`;
  throw new UserError(sentences(refusal, operator.next));
}
