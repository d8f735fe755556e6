import type { Command } from '../src/core/command/command.ts';
import { findRepository, repositoryOf } from '../src/core/command/find-repository.ts';
import { UserError } from '../src/core/errors.ts';
import type { Roles } from '../src/core/people/roles.ts';
import type { Freeze } from '../src/core/release/freeze.ts';
import { quoted } from '../src/core/text/quoted.ts';
import { demandRole, type Freezes, type Repositories } from './freeze.ts';

export const unfreeze = (known: Repositories, freezes: Freezes, roles: Roles): Command => ({
  name: 'unfreeze',
  usage: 'unfreeze [repository]',
  summary: 'Lift a freeze, of one repository or of all; approved releases then go out.',
  examples: ['unfreeze studio-go-runner', 'unfreeze'],
  access: 'anyone',
  who: 'operators and approvers; for one repository, also its own approvers',
  audited: true,
  async run({ words: [word], user }) {
    const configured = word === undefined ? undefined : repositoryOf(known.repositories(), word);
    await demandRole('unfreeze', user, roles, configured);
    const list = freezes.list();
    // A repository that is no longer configured may still be frozen by name.
    const gone = list.flatMap(({ repository: name }) => (name === undefined ? [] : [{ name }]));
    const repository = word === undefined ? undefined : (configured ?? findRepository([...known.repositories(), ...gone], word)).name;
    if (!list.some((one) => one.repository === repository)) throw new UserError(nothingToEnd(repository, list));
    await freezes.unfreeze(repository);
    return { kind: 'frozen', freezes: freezes.list() };
  },
});

function nothingToEnd(repository: string | undefined, list: readonly Freeze[]): string {
  const what = repository === undefined ? 'There is no freeze on all repositories' : `${quoted(repository)} has no freeze of its own`;
  const ends = list.map((one) => (one.repository === undefined ? '`unfreeze`' : quoted(`unfreeze ${one.repository}`)));
  return ends.length === 0 ? 'No releases are frozen.' : `${what}. To lift the current freezes: ${ends.join(', ')}.`;
}
