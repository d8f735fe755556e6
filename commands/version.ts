import type { Command } from '../src/core/command/command.ts';
import { UserError } from '../src/core/errors.ts';
import { demandOperator, type Roles } from '../src/core/people/roles.ts';
import { didYouMean } from '../src/core/text/nearest.ts';
import { quoted } from '../src/core/text/quoted.ts';
import { type Bump, bumps } from '../src/core/version/version.ts';
import type { VersionReport } from '../src/core/version/version-report.ts';

export interface VersionBumps {
  /** The version of a branch (by default the main one) and, with a bump, the next one, written as configured. @throws UserError */
  version(wish: { repository: string; branch?: string; bump?: Bump; by: string }): Promise<VersionReport>;
}

export const version = (versions: VersionBumps, roles: Pick<Roles, 'operator'>): Command => ({
  name: 'version',
  usage: `version <repository> [show|${bumps.join('|')}] [branch]`,
  summary: 'Show the version of a branch, or bump it; `patch` turns a pre-release into a release.',
  examples: ['version studio-go-runner', 'version studio-go-runner patch', 'version studio-go-runner pre feature/batches'],
  access: 'anyone',
  who: 'anyone; bumps: operators',
  shared: true,
  audited: ([, action = 'show']) => bumps.some((bump) => bump === action.toLowerCase()),
  async run({ words: [repository = '', action = 'show', branch], user }) {
    const bump = bumpOf(action);
    if (bump) await demandOperator(`version … ${bump}`, user, roles);
    const wish = { repository, by: user, ...(bump && { bump }), ...(branch !== undefined && { branch }) };
    return { kind: 'version', report: await versions.version(wish) };
  },
});

function bumpOf(action: string): Bump | undefined {
  const word = action.toLowerCase();
  const bump = bumps.find((one) => one === word);
  if (bump || word === 'show') return bump;
  throw new UserError(
    `\`version\` does not know ${quoted(action)}.${didYouMean(word, ['show', ...bumps])} It takes show, ${bumps.join(', ')}; the branch comes after that.`,
  );
}
