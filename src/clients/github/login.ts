import { type Github, githubClient } from '../github.ts';
import type { Web } from '../http.ts';
import type { Log } from '../log.ts';

/** Who the bot is at GitHub, as the environment says it: a token, or an App with its key. */
export interface GithubLogin {
  readonly secrets: { readonly githubToken?: string; readonly githubAppKey?: string };
  readonly settings: { readonly githubApiUrl?: string; readonly githubApp?: { readonly appId: string; readonly installationId: string } };
  readonly log: Log;
  readonly web: Web;
}

/** GitHub for whom the environment names; undefined where it names nobody. */
export function githubFor({ secrets, settings, log, web }: GithubLogin): Github | undefined {
  const { githubApiUrl, githubApp } = settings;
  const others = { log, web, ...(githubApiUrl && { baseUrl: githubApiUrl }) };
  if (githubApp && secrets.githubAppKey) return githubClient({ app: { ...githubApp, privateKey: secrets.githubAppKey }, ...others });
  return secrets.githubToken ? githubClient({ token: secrets.githubToken, ...others }) : undefined;
}
