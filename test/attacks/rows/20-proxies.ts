import type { AttackRow } from '../row.ts';

export const row: AttackRow = {
  number: 20,
  kind: 'Proxies, kubeconfigs, byte order marks and login pages',
  attack:
    'A proxy on loopback that alone knows the names of Slack, git and the registry, and asks for a login: a whole run, hosts of NO_PROXY, a wrong login. KUBECONFIG of three files, one missing and one with the same names; byte order marks in configuration, kubeconfig and a secret. A login page (203, and 200 with HTML) in place of git, Slack, the API server, GitHub and the registry.',
  before:
    'Git alone went through the proxy: Slack was tried directly for 120 s, said as "fetch failed", and the bot was never on watch. A missing file of KUBECONFIG ended the start. The page was "answers 203" for git and "HTTP protocol error" for Slack, and "Unexpected token \'<\'" for the API server.',
  after:
    'A run passes with 46 requests through the proxy: Slack and its socket, git by both ways, GitHub, the registry and the API server; hosts of NO_PROXY pass it by. A wrong login names the proxy and the remedy (407) at each of them, without the password. The first file that has a name counts, a missing one is passed over, marks are ignored. A login page is told as one, with the host and what to check.',
};
