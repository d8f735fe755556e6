import type { AttackRow } from '../row.ts';

export const row: AttackRow = {
  number: 20,
  kind: 'Proxies, kubeconfigs, byte order marks and login pages',
  attack:
    'A proxy on loopback that alone can resolve the names of Slack, git and the registry, and asks for a login: a whole run, hosts in NO_PROXY, a wrong login. KUBECONFIG with three files, one missing and one with the same names; byte order marks in configuration, kubeconfig and a secret. A login page (203, and 200 with HTML) instead of git, Slack, the API server, GitHub and the registry.',
  before:
    'Only git used the proxy: Slack was tried directly for 120 s, logged as "fetch failed", and the bot never started watching. A missing file of KUBECONFIG made the start fail. The page was "answers 203" for git and "HTTP protocol error" for Slack, and "Unexpected token \'<\'" for the API server.',
  after:
    'A run passes with 46 requests through the proxy: Slack and its socket, git by both ways, GitHub, the registry and the API server; hosts in NO_PROXY bypass it. For a wrong login, each of them names the proxy and the remedy (407), without the password. The first file that has a name counts, a missing one is skipped, marks are ignored. A login page is reported as one, with the host and what to check.',
};
