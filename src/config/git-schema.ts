import { z } from 'zod';
import { existing, list, map, text } from './forms.ts';

const secretName = text('the NAME in the variables GIT_NAME_…: A-Z, 0-9 and _', /^[A-Z][A-Z0-9_]{0,40}$/);
const publicKey = /^(?:\S+ )?(?:ssh-(?:ed25519|rsa)|ecdsa-sha2-nistp(?:256|384|521)|sk-[\w@.-]+) [A-Za-z0-9+/]+={0,2}(?: .*)?$/;

/** A host as in the address of a repository: a name, in which an underscore is common inside networks, or an IP address. */
export const gitHost = text(
  'host or host:port, without http://; an IPv6 address in brackets',
  /^(\w([\w.-]*\w)?|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?$/,
).refine(...existing('host or host:port'));

/** Which git login is used for which host. */
export const gitLogins = list(
  map({
    host: gitHost.describe('The only host that it is sent to: `host`, or `host:port` if the port is not the default one.'),
    repository: text('the path of a repository on its host, such as team/app', /^(?![/.])[^\s\0?#]+$/)
      .optional()
      .meta({
        description: 'The only repository that it is used for, `owner/name`; takes precedence over a login for the whole host.',
        byDefault: 'all on the host',
      }),
    kind: z
      .enum(['password', 'github-app', 'ssh-key'], { error: 'password, github-app or ssh-key' })
      .default('password')
      .describe(
        '`password`: user and password or token, for https. `github-app`: tokens of the GitHub App set in the environment, for https. `ssh-key`: a key, for `ssh://` and `git@host:path`.',
      ),
    secret: secretName.optional().meta({
      description: 'The NAME in GIT_NAME_USERNAME and GIT_NAME_PASSWORD, or in GIT_NAME_SSH_KEY (or their `_FILE` variants).',
      byDefault: '`GIT_USERNAME` and `GIT_PASSWORD`',
    }),
    knownHosts: list(text('a public key as ssh-keyscan prints it, such as "ssh-ed25519 AAAA…"', publicKey), 'a list of public keys')
      .optional()
      .describe('For `ssh-key`: the public keys of the host, as `ssh-keyscan` prints them; a host that shows any other key is rejected.'),
  }),
  'a list of logins',
);
