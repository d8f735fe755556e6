import type { Web } from '../http/http-client.ts';
import type { Log } from '../log/log.ts';
import { type GithubClient, githubClient } from './github-client.ts';
import { withGithubErrors } from './github-error.ts';
import { octokitFor } from './octokit.ts';
import { tokenRemedies } from './remedies.ts';

/** The bot's GitHub credentials from the environment: a token, or an App with its key. */
export interface GithubLogin {
  readonly secrets: { readonly githubToken?: string; readonly githubAppKey?: string };
  readonly settings: { readonly githubApiUrl?: string; readonly githubApp?: { readonly appId: string; readonly installationId: string } };
  readonly log: Log;
  readonly web: Web;
}

/** The GitHub client for the credentials in the environment; undefined if there are none. */
export function githubFor({ secrets, settings, log, web }: GithubLogin): GithubClient | undefined {
  const { githubApiUrl, githubApp } = settings;
  const others = { log, web, ...(githubApiUrl && { baseUrl: githubApiUrl }) };
  if (githubApp && secrets.githubAppKey) return githubClient({ app: { ...githubApp, privateKey: secrets.githubAppKey }, ...others });
  return secrets.githubToken ? githubClient({ token: secrets.githubToken, ...others }) : undefined;
}

/**
 * App tokens for git, valid for one hour; undefined if there is no App.
 * @returns a token: read-write for all repositories of the installation, or a fresh read-only one for the given repository (name only)
 */
export function appTokens({ secrets, settings, log, web }: GithubLogin): ((onlyRead?: string) => Promise<string>) | undefined {
  const { githubApiUrl, githubApp } = settings;
  if (!githubApp || !secrets.githubAppKey) return undefined;
  const app = { ...githubApp, privateKey: secrets.githubAppKey };
  const octokit = octokitFor({ app, log, web, ...(githubApiUrl && { baseUrl: githubApiUrl }) });
  const ask = withGithubErrors(new URL(githubApiUrl ?? 'https://api.github.com').host, tokenRemedies);
  return async (onlyRead) => {
    const narrow = onlyRead === undefined ? {} : { refresh: true, repositoryNames: [onlyRead], permissions: { contents: 'read' } };
    const found = await ask('a token of the GitHub App for git', () => octokit.auth({ type: 'installation', ...narrow }));
    return (found as { readonly token: string }).token;
  };
}
