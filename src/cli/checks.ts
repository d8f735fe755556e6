import { cronIssue } from '../clients/clock/cron.ts';
import { checkGitUrl } from '../clients/git/check-git-url.ts';
import { templateIssue } from '../clients/templates/templates-client.ts';
import type { Checks } from '../config/rules.ts';

/** The configuration checks that only the clients can make. `templates`: the folder of the job templates. */
export function checksWith(templates: string): Checks {
  return { cron: cronIssue, gitUrl: checkGitUrl, template: templateIssue(templates) };
}
