import type { GithubRefusal, Refused, Remedies } from './github-error.ts';

const notThere = (who: string): string =>
  who === 'GITHUB_TOKEN'
    ? `it does not exist, or ${who} cannot see it. Check \`github:\` (owner/name) in the configuration, and that ${who} has access to this repository.`
    : `it does not exist, or ${who} is not installed for it. Check \`github:\` (owner/name) in the configuration, and "Repository access" in the settings of its installation.`;
const notValid = (who: string): string =>
  who === 'GITHUB_TOKEN'
    ? 'GITHUB_TOKEN is invalid or has expired. Create a new one.'
    : `${who} is unknown: check its id, its private key and its installation id.`;
const singleSignOn = 'and single sign-on approval if the organization requires it';

/** Remedies for causes that GitHub names itself, in any kind of request. */
const known = (who: string, rule: string): Required<Pick<Remedies, 'known'>> => ({
  known: ({ status, message, refusals, path, sso }: Refused) => {
    const words = [message, ...refusals.map((one) => one.message ?? '')].join(' ');
    if (sso) return `${who} needs single sign-on approval of the organization. Approve it at ${sso} , then try again.`;
    if (/\barchived\b/i.test(words))
      return 'the repository is archived. Unarchive it (Settings → General → Danger Zone), or remove it from the configuration.';
    if (/\/app\/installations\/[^/]+\/access_tokens$/.test(path)) return notInstalled(status, words);
    return /rule violations?|repository rule|protected (tag|branch)|pre_receive/i.test(words) ? rule : undefined;
  },
});

function notInstalled(status: number, words: string): string | undefined {
  if (/suspended/i.test(words))
    return 'the installation of the GitHub App is suspended. Unsuspend it in its settings (GitHub Apps → Configure).';
  return status === 404
    ? 'the GitHub App is not installed there. Install it (its settings → Install App), and set GITHUB_APP_INSTALLATION_ID to the number of that installation.'
    : undefined;
}

const ruleOf = (what: string, way: string): string =>
  `a rule of the repository forbids this ${what}. Ask a maintainer to allow it (Settings → Rules)${way}.`;

/** For requests about a commit; `who` names the credentials used. */
export const statusRemedies = (who: string): Remedies => ({
  ...known(who, ruleOf('status', '')),
  401: notValid(who),
  403: `${who} may not do this. It needs the permission "Commit statuses: write" (fine-grained) or the scope "repo:status" (classic), ${singleSignOn}.`,
  404: notThere(who),
  422: 'it does not accept this. Has the commit been pushed to this repository? A commit can also have no more than 1,000 statuses.',
});

/** For requesting a git token. */
export const tokenRemedies: Remedies = {
  ...known('the GitHub App', ruleOf('token', '')),
  401: notValid('the GitHub App'),
  403: 'the GitHub App may not do this: its installation needs "Contents: read", and for bumps "Contents: write".',
  404: 'there is no such installation: check GITHUB_APP_INSTALLATION_ID.',
  422: 'the installation does not include this repository, or may not read its contents ("Contents: read"): check it in the settings on GitHub.',
};

/** For requests about a release. */
export const releaseRemedies = (who: string): Remedies => ({
  ...known(who, ruleOf('tag', ', then release again')),
  401: notValid(who),
  403: `${who} may not do this. It needs the permission "Contents: write" (fine-grained) or the scope "repo" (classic), ${singleSignOn}; if the commit changes workflows, also "Workflows: write" or "workflow".`,
  404: notThere(who),
  422: 'it does not accept this. Check the releases, tags and rules of this repository, fix what is named here, and release again.',
  refused: refusedRelease,
});

/** For requests about files, commits and pull requests. */
export const fileRemedies = (who: string): Remedies => ({
  ...known(who, ruleOf('commit', ', or set `version.write: pull-request`')),
  401: notValid(who),
  403: `${who} may not do this. It needs the permissions "Contents: write" and, for pull requests, "Pull requests: write" (fine-grained) or the scope "repo" (classic), ${singleSignOn}.`,
  404: notThere(who),
  409: 'nothing was written. Try again; if it stays, check the branch and the rules of the repository (Settings → Rules).',
  422: 'it does not accept this. If the branch has moved in the meantime, try again; a rule of the repository may also forbid it (Settings → Rules).',
});

/** Explains why GitHub refused a release. */
function refusedRelease(refusals: readonly GithubRefusal[]): string | undefined {
  const says = (words: RegExp): boolean => refusals.some(({ message = '' }) => words.test(message));
  const has = (field: string, code: string): boolean => refusals.some((one) => one.field === field && one.code === code);
  if (has('tag_name', 'already_exists')) return 'this tag is already released. Bump the version and release again.';
  if (says(/immutable release/i)) return 'this tag belonged to an immutable release and cannot be used again. Bump the version.';
  if (says(/tag_name is not a (valid|well-formed) tag/i)) return 'git does not allow a tag of this name. Change the version.';
  if (says(/valid tag/i)) return 'a release needs a tag, and this one cannot be created. Has the commit been pushed to this repository?';
  if (has('target_commitish', 'invalid')) return 'it does not have the commit. Push it to this repository, then release again.';
  return undefined;
}
