import type { Members } from '../../core/roles.ts';
import { asking } from './refusal.ts';
import { type SlackOptions, slackWeb } from './web.ts';

/** Who is in Slack's user groups. Asked every time; Slack allows 20 questions a minute. */
export function slackMembers(options: SlackOptions): Members {
  const web = slackWeb(options);
  return {
    usersOf: (group) =>
      asking(`ask who is in the user group ${group}`, async () => (await web.usergroups.users.list({ usergroup: group })).users ?? []),
  };
}
