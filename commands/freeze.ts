import type { Command, RepositoryStatus } from '../src/core/command/command.ts';
import { repositoryOf } from '../src/core/command/find-repository.ts';
import { plainWord } from '../src/core/command/plain-words.ts';
import { reasonOf } from '../src/core/command/reason.ts';
import { sentences, UserError } from '../src/core/errors.ts';
import type { Roles } from '../src/core/people/roles.ts';
import type { Freeze } from '../src/core/release/freeze.ts';
import { quoted } from '../src/core/text/quoted.ts';

export interface Freezes {
  list(): readonly Freeze[];
  /** Replaces an older freeze of the same repository. */
  freeze(freeze: Freeze): Promise<void>;
  /** Lifts the freeze of a repository or, without one, the freeze of all repositories. */
  unfreeze(repository?: string): Promise<void>;
}

export interface Repositories {
  repositories(): readonly RepositoryStatus[];
}

export const freeze = (known: Repositories, freezes: Freezes, roles: Roles): Command => ({
  name: 'freeze',
  usage: 'freeze [repository] <reason…>',
  summary: 'Put all releases on hold, or those of one repository, until `unfreeze`.',
  examples: ['freeze studio-go-runner demo day', 'freeze an incident'],
  access: 'anyone',
  who: 'operators and approvers; for one repository, also its own approvers',
  audited: true,
  async run({ words, typed, user, at }) {
    const [first = ''] = words;
    const repository = repositoryOf(known.repositories(), plainWord(first, '[repository]'));
    await demandRole('freeze', user, roles, repository);
    const reason = reasonOf(typed, words.length - (repository === undefined ? 0 : 1));
    if (reason === '')
      throw new UserError('`freeze` needs a reason, which everyone who is waiting will see: `freeze [repository] <reason>`.');
    await freezes.freeze({ reason, by: user, at: at.toISOString(), ...(repository && { repository: repository.name }) });
    return { kind: 'frozen', freezes: freezes.list() };
  },
});

/**
 * A user who is an approver of only one repository may freeze that one, and no others.
 * @param of the repository in question; undefined: all of them
 * @throws UserError if the user is neither an operator nor an approver
 */
export async function demandRole(command: string, user: string, roles: Roles, of?: RepositoryStatus): Promise<void> {
  const operator = await roles.operator(user);
  if (operator.allowed) return;
  const nos = [operator];
  for (const list of [[], ...(of?.approvers ? [of.approvers] : [])]) {
    const approver = await roles.approver(user, list);
    if (approver.allowed) return;
    nos.push(approver);
  }
  const what = quoted(of ? `${command} ${of.name}` : command);
  const verdict = nos.some(({ unsure }) => unsure) ? 'it is not known whether you are one' : 'you are neither';
  const refusal = `${what} is for operators and approvers, and ${verdict}: ${nos.map(({ why }) => why).join('; ')}.`;
  throw new UserError(sentences(refusal, (nos.find(({ unsure }) => unsure) ?? operator).next));
}
