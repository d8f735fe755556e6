import type { Command } from '../src/core/command/command.ts';
import { UserError } from '../src/core/errors.ts';
import type { Roles } from '../src/core/people/roles.ts';
import type { Freeze } from '../src/core/release/freeze.ts';
import { quoted } from '../src/core/text/quoted.ts';
import { demandRole, type Freezes, type Repositories, repositoryNamed } from './freeze.ts';

export const unfreeze = (known: Repositories, freezes: Freezes, roles: Roles): Command => ({
  name: 'unfreeze',
  usage: 'unfreeze [repository]',
  summary: 'Lift a freeze, of one repository or of all; approved releases then go out.',
  examples: ['unfreeze studio-go-runner', 'unfreeze'],
  access: 'anyone',
  who: 'operators and approvers; for one repository, also its own approvers',
  audited: true,
  async run({ words: [word], user }) {
    const configured = word === undefined ? undefined : repositoryNamed(known, word);
    await demandRole('unfreeze', user, roles, configured);
    // A repository that is no longer configured may still be frozen under its name.
    const repository = configured?.name ?? word;
    const list = freezes.list();
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
