import { readFileSync } from 'node:fs';
import { mistakeInCron } from '../clients/clock/cron.ts';
import { checkGitUrl } from '../clients/git/check-git-url.ts';
import type { Checks } from '../config/rules.ts';

/** The checks of a configuration that only clients can make. */
export const checks: Checks = { cron: mistakeInCron, gitUrl: checkGitUrl };

export function readText(path: string): string {
  return readFileSync(path, 'utf8');
}
