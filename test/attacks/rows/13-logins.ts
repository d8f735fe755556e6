import type { AttackRow } from '../row.ts';

export const row: AttackRow = {
  number: 13,
  kind: 'Logins that reach another host',
  attack:
    'A private repository on one host and a public one on another, which refuses a login that it does not know, with one GIT_USERNAME and GIT_PASSWORD; the same without saying whose they are. A registry by https whose realm is plain http on the same host. A repository behind a real sshd: with its key, with a strange key, with another key of the host, and without ssh. A GitHub App as the login of git.',
  before:
    'The public host got the login with the first request (1 of 1), answered 401, and its repository was never read: the poll says that it refuses the login. The password went to the realm in clear text twice in one run. An address by ssh was refused as "what looks like a secret".',
  after:
    'The login is in 13 requests at its own host and in none of 12 at the other, which is read without one; only the namespace of its own repository has the Secret. Where nobody says whose the login is, the start ends with a sentence that names both hosts and git.logins, and neither host is asked anything. The password never reaches the realm; the run says why. By ssh a repository is polled, fetched, cloned by pods and pushed to in 19 sessions, all with its key; a refused key, another host key and a missing ssh are each told with what to do. With a GitHub App the bot polls, fetches and pushes with its token, and pods clone with one that reads their repository alone.',
};
