import type { Refusal, Remedies } from './github-error.ts';

const notThere = (who: string): string =>
  `there is no such thing, or ${who} may not see it. Check \`github:\` (owner/name) in the configuration and that ${who} reaches this repository.`;
const notValid = (who: string): string =>
  who === 'GITHUB_TOKEN'
    ? 'GITHUB_TOKEN is not valid, or no longer. Make a new one.'
    : `${who} is not known: check its id, its private key and the id of its installation.`;
const singleSignOn = 'and single sign-on approved where the organisation asks for it';

/** Around a commit; `who` is what the requests are signed with. */
export const statusRemedies = (who: string): Remedies => ({
  401: notValid(who),
  403: `${who} may not do this. It needs the right "Commit statuses: write" (fine-grained) or the scope "repo:status" (classic), ${singleSignOn}.`,
  404: notThere(who),
  422: 'it does not accept this. Has the commit been pushed to this repository? A commit can also have no more than 1,000 statuses.',
});

/** Around a token for git. */
export const tokenRemedies: Remedies = {
  401: notValid('the GitHub App'),
  403: 'the GitHub App may not do this: its installation needs "Contents: read", and for bumps "Contents: write".',
  404: 'there is no such installation: check GITHUB_APP_INSTALLATION_ID.',
  422: 'the installation does not reach this repository, or may not read its contents ("Contents: read"): look at it in the settings of GitHub.',
};

/** Around a release. */
export const releaseRemedies = (who: string): Remedies => ({
  401: notValid(who),
  403: `${who} may not do this. It needs the right "Contents: write" (fine-grained) or the scope "repo" (classic), ${singleSignOn}; where the commit changes workflows, "Workflows: write" or "workflow" too.`,
  404: notThere(who),
  422: 'it does not accept this. Look at the releases, tags and rules of this repository, mend what is named here, and release again.',
  refused: refusedRelease,
});

/** Around files, commits and pull requests. */
export const fileRemedies = (who: string): Remedies => ({
  401: notValid(who),
  403: `${who} may not do this. It needs the rights "Contents: write" and, for pull requests, "Pull requests: write" (fine-grained) or the scope "repo" (classic), ${singleSignOn}.`,
  404: notThere(who),
  422: 'it does not accept this. Where the branch has moved meanwhile, say it again; a rule of the repository may also forbid it (Settings → Rules).',
});

/** What the refusals of a release mean. */
function refusedRelease(refusals: readonly Refusal[]): string | undefined {
  const says = (words: RegExp): boolean => refusals.some(({ message = '' }) => words.test(message));
  const has = (field: string, code: string): boolean => refusals.some((one) => one.field === field && one.code === code);
  if (has('tag_name', 'already_exists')) return 'this tag is already released. Bump the version and release again.';
  if (says(/immutable release/i)) return 'this tag belonged to an immutable release and cannot be used again. Bump the version.';
  if (says(/tag_name is not a (valid|well-formed) tag/i)) return 'git does not allow a tag of this name. Change the version.';
  if (says(/valid tag/i)) return 'a release needs a tag, and this one cannot be made. Has the commit been pushed to this repository?';
  if (has('target_commitish', 'invalid')) return 'it does not know the commit. Push it to this repository, then release again.';
  if (says(/rule violations?|protected tag|pre_receive/i))
    return 'a rule of the repository forbids this tag. Let a maintainer allow it (Settings → Rules), then release again.';
  return undefined;
}
