import type { AttackRow } from '../row.ts';

export const row: AttackRow = {
  number: 13,
  kind: 'Logins that reach another host',
  attack:
    'A private repository on one host and a public one on another, which refuses a login that it does not know, with one GIT_USERNAME and GIT_PASSWORD; the same without saying whose they are. A registry by https whose realm is plain http on the same host.',
  before:
    'The public host got the login with the first request (1 of 1), answered 401, and its repository was never read: the poll says that it refuses the login. The password went to the realm in clear text twice in one run.',
  after:
    'The login is in 13 requests at its own host and in none of 12 at the other, which is read without one; only the namespace of its own repository has the Secret. Where nobody says whose the login is, the start ends with a sentence that names both hosts and git.logins, and neither host is asked anything. The password never reaches the realm; the run says why.',
};
