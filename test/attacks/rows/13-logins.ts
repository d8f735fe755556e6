import type { AttackRow } from '../row.ts';

export const row: AttackRow = {
  number: 13,
  kind: 'Logins that reach another host',
  attack:
    'A private repository on one host and a public one on another, which refuses a login that it does not know, with one GIT_USERNAME and GIT_PASSWORD; the same without saying which host they are for. A registry with https whose realm is plain http on the same host. A repository behind a real sshd: with its key, with a wrong key, with another key of the host, and without ssh. A GitHub App as the login for git.',
  before:
    'The public host got the login with the first request (1 of 1), answered 401, and its repository was never read: the poll said that it refuses the login. The password was sent to the realm in clear text twice in one run. An ssh address was refused as "what looks like a secret".',
  after:
    'The login is in 13 requests at its own host and in none of 12 at the other, which is read without one; only the namespace of its own repository has the Secret. If nothing says which host the login is for, the start ends with a sentence that names both hosts and git.logins, and neither host gets a request. The password is never sent to the realm; the run says why. With ssh a repository is polled, fetched, cloned by pods and pushed to in 19 sessions, all with its key; a refused key, another host key and a missing ssh are each reported with what to do. With a GitHub App the bot polls, fetches and pushes with its token, and pods clone with one that can only read their repository.',
};
