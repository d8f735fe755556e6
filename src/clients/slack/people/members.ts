import type { Members } from '../../../core/people/roles.ts';
import { shapes, whole } from '../answers.ts';
import { obedient, withSlackErrors } from '../outbound/errors.ts';
import { type SlackOptions, slackWeb } from '../web.ts';

/** The members of Slack's user groups. Not cached; Slack allows 20 calls a minute. */
export function slackMembers(options: SlackOptions): Members {
  const web = slackWeb(options);
  const ask = async (group: string) =>
    whole(shapes.members, await web.usergroups.users.list({ usergroup: group }), `the user group ${group}`).users;
  return { usersOf: obedient((group: string) => withSlackErrors(`list the members of the user group ${group}`, () => ask(group))) };
}
