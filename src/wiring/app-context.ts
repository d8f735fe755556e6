import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkCron } from '../clients/clock/clock-client.ts';
import { ServerTime } from '../clients/clock/server-time.ts';
import { readTextNow } from '../clients/files/files-client.ts';
import { checkGitUrl } from '../clients/git/check-git-url.ts';
import { type Web, webClient } from '../clients/http/http-client.ts';
import type { Log } from '../clients/log/log.ts';
import { processLog } from '../clients/log/log-client.ts';
import { templateIssue } from '../clients/templates/templates-client.ts';
import { proxySecrets } from '../config/proxies.ts';
import { type Configuration, readConfiguration } from '../config.ts';
import type { Environment } from '../core/environment.ts';
import { gitSecrets } from '../core/git/git-login.ts';
import { redactor, secretValues } from '../core/redaction/redactor.ts';
import { viewOf } from '../messages/view.ts';

const manifests = fileURLToPath(new URL('../../manifests', import.meta.url));
const templates = join(manifests, 'jobs');

/** What every part is built from. */
export interface AppContext extends Configuration {
  /** All secret values known to the bot. */
  readonly known: readonly string[];
  readonly redact: (text: string) => string;
  readonly log: Log;
  /** The current time, according to the cluster's clock as reported to `observeTime`. */
  readonly now: () => Date;
  readonly observeTime: (date: string | null) => void;
  /** Random; 20 lower-case hexadecimal digits. */
  readonly uid: () => string;
  /** The folder of the bundled services' manifests, and that of the job templates. */
  readonly services: string;
  readonly templates: string;
  /** Variables as in `process.env`, for the git program. */
  readonly env: Environment;
  /** HTTP access to Slack and GitHub. */
  readonly web: Web;
}

/** @throws ConfigError with all issues in the configuration and the environment at once */
export function appContext(env: Environment): AppContext {
  // Configuration checks that only the clients can make.
  const checks = { cron: checkCron, gitUrl: checkGitUrl, template: templateIssue(templates) };
  const configuration = readConfiguration(env, checks, readTextNow);
  const { secrets, logins, gitLogins, settings } = configuration;
  const held = [secrets, ...Object.values(logins), ...gitSecrets(gitLogins)];
  const known = [...held.flatMap((one) => secretValues(one)), ...proxySecrets(settings.proxies)];
  const redact = redactor(known);
  const log = processLog(settings.logLevel, redact);
  const { now, observe: observeTime } = new ServerTime(log);
  const uid = () => randomBytes(10).toString('hex');
  const folders = { templates, services: join(manifests, 'services') };
  return { ...configuration, ...folders, known, redact, log, now, observeTime, uid, env, web: webClient(settings.proxies) };
}

/** Options for every Slack client. */
export function slackOptions({ secrets, settings, redact, log, web }: AppContext) {
  return { token: secrets.slackBotToken, log, redact, web, ...(settings.slackApiUrl && { apiUrl: settings.slackApiUrl }) };
}

/** What messages show about a run beyond its own data. Web links derive from the API URL; GitHub Enterprise's is `https://HOST/api/v3`. */
export function viewFor({ config, settings, now }: AppContext) {
  return viewOf(config, now, settings.githubApiUrl?.replace(/\/api\/v3\/?$/, ''));
}
