import { Refused } from '../../../core/chat.ts';
import type { Account, Directory } from '../../../core/people/membership.ts';
import { HalfAnswer } from '../../http/half-answer.ts';
import { shapes, whole } from '../answers.ts';
import { obedient, withSlackErrors } from '../outbound/errors.ts';
import { type SlackOptions, slackWeb, type WebClient } from '../web.ts';

/** Looks up accounts in Slack. Not cached; Slack allows 100 calls a minute. */
export function slackDirectory(options: SlackOptions): Directory {
  const web = slackWeb(options);
  let known: Promise<string> | undefined;
  const home = () => {
    known ??= withSlackErrors('look up the workspace of the bot', () => ownTeam(web));
    known.catch(() => {
      known = undefined;
    });
    return known;
  };
  return { account: obedient((user: string) => withSlackErrors('look up a user', () => accountOf(web, user, home)).catch(unknown)), home };
}

/** Slack does not show the account or does not know it: treat it as belonging to no workspace. */
function unknown(error: unknown): Account {
  if (!(error instanceof Refused) || !/^user_not_(found|visible)$/.test(error.reason)) throw error;
  return { teams: [], isBot: false, isDeactivated: false, isGuest: false };
}

async function accountOf(web: WebClient, user: string, home: () => Promise<string>): Promise<Account> {
  const { user: found } = whole(shapes.account, await web.users.info({ user }), `the user ${user}`);
  if (found.id !== user) throw new HalfAnswer('Slack', `the user ${user}`, 'it is about another one');
  const { enterprise_user: enterprise } = found;
  const teams = [found.team_id, ...(enterprise?.teams ?? []), enterprise?.enterprise_id].filter(
    (team) => team !== undefined && team !== null,
  );
  // Slack leaves them out for deactivated accounts and those of other workspaces only; left out of half an answer, they would make a guest a member.
  const isUnsaid = typeof found.is_restricted !== 'boolean' || typeof found.is_ultra_restricted !== 'boolean';
  if (isUnsaid && !found.deleted && !found.is_bot && teams.includes(await home()))
    throw new HalfAnswer('Slack', `the user ${user}`, 'it does not say whether this is a guest');
  return {
    teams: [...new Set(teams)],
    isBot: found.is_bot || found.is_workflow_bot === true,
    isDeactivated: found.deleted,
    isGuest: found.is_restricted === true || found.is_ultra_restricted === true,
  };
}

async function ownTeam(web: WebClient): Promise<string> {
  const { team_id: team } = whole(shapes.identity, await web.auth.test(), 'the bot');
  return team;
}
